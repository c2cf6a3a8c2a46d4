/// A line's cells between spaces and tabs, as ranges of its bytes.
struct Cells {
    private(set) var ranges: [Range<Int>] = []

    mutating func split(_ line: UnsafeBufferPointer<UInt8>) {
        ranges.removeAll(keepingCapacity: true)
        var start = 0
        for (place, byte) in line.enumerated() where byte == 0x20 || byte == 0x09 || byte == 0x0D {
            if place > start { ranges.append(start..<place) }
            start = place + 1
        }
        if line.count > start { ranges.append(start..<line.count) }
    }

    /// The text of a cell; what is not UTF-8 becomes U+FFFD.
    func text(_ cell: Int, of line: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: line[ranges[cell]], as: UTF8.self)
    }

    func bytes(_ cell: Int, of line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: line[ranges[cell]])
    }
}
