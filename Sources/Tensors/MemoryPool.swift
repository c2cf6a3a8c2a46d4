/// Memory of activations, kept when a tensor dies for the next one of about its size.
///
/// Blocks begin on a cache line and come in four sizes a doubling, so that batches of slightly
/// different sizes share them. Not `Sendable`: it belongs to one worker.
final class MemoryPool {
    private var idle: [Int: [UnsafeMutableRawBufferPointer]] = [:]

    deinit { clear() }

    /// Memory of at least `bytes` bytes, with whatever its last user left in it. What comes new from
    /// the system is zeros.
    func take(_ bytes: Int) -> UnsafeMutableRawBufferPointer {
        let size = Self.size(for: bytes)
        if let block = idle[size]?.popLast() { return block }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        block.initializeMemory(as: UInt8.self, repeating: 0)
        return block
    }

    func give(_ block: UnsafeMutableRawBufferPointer) { idle[block.count, default: []].append(block) }

    /// Returns all memory that no tensor has to the system.
    func clear() {
        for block in idle.values.joined() { block.deallocate() }
        idle.removeAll()
    }

    /// The smallest of 1, 1¼, 1½ and 1¾ times a power of two that holds `bytes`, at least 256.
    private static func size(for bytes: Int) -> Int {
        let bytes = max(bytes, 256)
        let step = 1 << (Int.bitWidth - (bytes - 1).leadingZeroBitCount - 3)
        return (bytes + step - 1) / step * step
    }
}
