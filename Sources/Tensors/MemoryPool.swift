/// Memory of activations, kept when a tensor dies for the next one.
///
/// There are never more blocks than were once in use together, and none larger than was once asked
/// for. Blocks begin on a cache line. Not `Sendable`: it belongs to one worker.
final class MemoryPool {
    /// Ascending by size.
    private var idle: [UnsafeMutableRawBufferPointer] = []

    deinit {
        for block in idle { block.deallocate() }
    }

    /// Memory of at least `bytes` bytes, with whatever its last user left in it. What comes new from
    /// the system is zeros. O(blocks).
    func take(_ bytes: Int) -> UnsafeMutableRawBufferPointer {
        let size = (max(bytes, 1) + 4095) / 4096 * 4096
        if let index = idle.firstIndex(where: { $0.count >= size }) { return idle.remove(at: index) }
        // The new block takes the place of the largest that was too small.
        idle.popLast()?.deallocate()
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        block.initializeMemory(as: UInt8.self, repeating: 0)
        return block
    }

    func give(_ block: UnsafeMutableRawBufferPointer) {
        idle.insert(block, at: idle.firstIndex { $0.count >= block.count } ?? idle.endIndex)
    }
}
