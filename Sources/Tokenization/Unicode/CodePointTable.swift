/// A number below 256 for every code point; look-up is two loads.
struct CodePointTable: Sendable {
    /// For each 256 code points, where their numbers begin in `values`.
    private let blocks: [UInt16]
    private let values: [UInt8]

    private static let blockSize = 256
    private static let codePoints = 0x11_0000

    /// Unpacks `first << 8 | number` wherever the number changes; 0 before the first.
    init(runs: [UInt32]) {
        var blocks: [UInt16] = []
        var values: [UInt8] = []
        var uniform: [UInt8: UInt16] = [:]
        var run = 0
        var number: UInt8 = 0
        for start in stride(from: 0, to: Self.codePoints, by: Self.blockSize) {
            let end = start + Self.blockSize
            let block = UInt16(values.count / Self.blockSize)
            if run == runs.count || Int(runs[run] >> 8) >= end {
                if let known = uniform[number] {
                    blocks.append(known)
                    continue
                }
                uniform[number] = block
            }
            blocks.append(block)
            var next = start
            while next < end {
                while run < runs.count, Int(runs[run] >> 8) == next {
                    number = UInt8(truncatingIfNeeded: runs[run])
                    run += 1
                }
                let stop = run < runs.count ? min(end, Int(runs[run] >> 8)) : end
                values.append(contentsOf: repeatElement(number, count: stop - next))
                next = stop
            }
        }
        self.blocks = blocks
        self.values = values
    }

    /// The number of a scalar below 0x110000.
    @inline(__always)
    subscript(scalar: UInt32) -> UInt8 {
        values[Int(blocks[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
    }
}
