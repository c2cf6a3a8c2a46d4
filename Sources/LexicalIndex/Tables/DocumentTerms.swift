/// A document's terms, so that they can be taken out of the index exactly.
///
/// The value in `documents`: length u32, number of different terms u32; then for each term, in
/// ascending order of bytes: frequency u32, count of bytes u16, UTF-8.
struct DocumentTerms {
    /// How many terms the document has, repetitions counted: the sum of the frequencies.
    let length: UInt32
    /// The different terms, in ascending order.
    let frequencies: [(term: Term, frequency: UInt32)]

    /// Counts a document's terms; empty ones do not count. Nil when there are more than a length
    /// can say.
    init?(terms: [String]) {
        var counts: [Term: UInt32] = [:]
        counts.reserveCapacity(terms.count)
        var length: UInt32 = 0
        for case let term? in terms.lazy.map({ Term($0) }) {
            if length == .max { return nil }
            length += 1
            counts[term, default: 0] += 1
        }
        self.length = length
        frequencies = counts.map { (term: $0.key, frequency: $0.value) }
            .sorted { $0.term < $1.term }
    }

    func record(ofDocument key: UInt64) -> [UInt8] {
        var value: [UInt8] = []
        value.reserveCapacity(8 + frequencies.reduce(0) { $0 + 6 + $1.term.bytes.count } + 4)
        value += length.littleEndianBytes
        value += UInt32(frequencies.count).littleEndianBytes
        for (term, frequency) in frequencies {
            value += frequency.littleEndianBytes
            value += UInt16(term.bytes.count).littleEndianBytes
            value += term.bytes
        }
        return SealedRecord.sealing(value, forKey: key)
    }

    /// Nil when the bytes are no such record.
    init?(record bytes: RawSpan, ofDocument key: UInt64) {
        guard let end = SealedRecord.byteCount(of: bytes, forKey: key), end >= 8 else {
            return nil
        }
        length = bytes.littleEndian(at: 0, as: UInt32.self)
        let count = Int(bytes.littleEndian(at: 4, as: UInt32.self))
        var frequencies: [(term: Term, frequency: UInt32)] = []
        var position = 8
        var rest = length
        for _ in 0..<count {
            guard end - position >= 6 else { return nil }
            let frequency = bytes.littleEndian(at: position, as: UInt32.self)
            let size = Int(bytes.littleEndian(at: position + 4, as: UInt16.self))
            position += 6
            guard frequency > 0, frequency <= rest, end - position >= size else { return nil }
            let text = bytes.extracting(position..<(position + size))
            guard let term = Term(bytes: text.withUnsafeBytes { [UInt8]($0) }),
                frequencies.last.map({ $0.term < term }) ?? true
            else { return nil }
            frequencies.append((term, frequency))
            position += size
            rest -= frequency
        }
        guard position == end, rest == 0 else { return nil }
        self.frequencies = frequencies
    }

    /// How often the document has a term. O(log n).
    func frequency(of term: Term) -> UInt32 {
        var range = 0..<frequencies.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let found = frequencies[middle]
            if found.term == term { return found.frequency }
            range = found.term < term ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
        }
        return 0
    }
}
