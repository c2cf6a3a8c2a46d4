internal import Checksums

/// That a document has a term, and how often.
///
/// The value in `postings`, 20 bytes: document key u64 and frequency u32, both big-endian, then the
/// document's length u32 and the checksum u32. The length stands in the document's own record too;
/// here it saves a search from reading that record for every document that has a term.
struct Posting {
    static let byteCount = 20

    let document: UInt64
    /// How often the document has the term: 1 or more.
    let frequency: UInt32
    /// The document's length in terms, repetitions counted: `frequency` or more.
    let length: UInt32

    func record(ofTerm number: UInt64) -> [UInt8] {
        SealedRecord.sealing(
            document.bigEndianBytes + frequency.bigEndianBytes + length.littleEndianBytes,
            forKey: number)
    }

    init(document: UInt64, frequency: UInt32, length: UInt32) {
        self.document = document
        self.frequency = frequency
        self.length = length
    }

    /// Reads a whole record; its checksum is right when that of the term's number is given.
    ///
    /// Nil when the bytes are no such record.
    @inline(__always)
    init?(record bytes: RawSpan, at offset: Int, after keyChecksum: CRC32C) {
        let record = bytes.extracting(offset..<(offset + Self.byteCount))
        guard SealedRecord.isWhole(record, after: keyChecksum) else { return nil }
        document = record.bigEndian(at: 0, as: UInt64.self)
        frequency = record.bigEndian(at: 8, as: UInt32.self)
        length = record.littleEndian(at: 12, as: UInt32.self)
        if frequency == 0 || length < frequency { return nil }
    }
}
