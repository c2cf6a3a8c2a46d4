/// What the index knows of all its documents together, and what it gives out next.
///
/// The value of `totals`: format u32, documents u64, total length u64, next term's number u64.
struct Totals {
    /// The layout that this version writes, and the newest that it reads.
    static let formatVersion: UInt32 = 1
    static let key = "totals"
    static let byteCount = 28

    /// How many documents there are, those without a term included.
    var documents: UInt64 = 0
    /// How many terms all documents have, repetitions counted.
    var length: UInt64 = 0
    /// The number of the next new term. Numbers are not given out twice, until `removeAll`.
    var nextTerm: UInt64 = 0

    /// The average length of a document, in terms; nil when no document has any.
    var averageLength: Double? {
        documents > 0 && length > 0 ? Double(length) / Double(documents) : nil
    }

    var record: [UInt8] {
        SealedRecord.sealing(
            Self.formatVersion.littleEndianBytes + documents.littleEndianBytes
                + length.littleEndianBytes + nextTerm.littleEndianBytes,
            forKey: Self.key)
    }

    /// The format of a record that is whole, in whatever format; nil when it is not.
    static func format(ofRecord bytes: RawSpan) -> UInt32? {
        guard let count = SealedRecord.byteCount(of: bytes, forKey: key), count >= 4 else {
            return nil
        }
        return bytes.littleEndian(at: 0, as: UInt32.self)
    }
}

extension Totals {
    /// Nil when the bytes are no such record of this format.
    init?(record bytes: RawSpan) {
        guard Self.format(ofRecord: bytes) == Self.formatVersion,
            bytes.byteCount == Self.byteCount + SealedRecord.checksumByteCount
        else { return nil }
        documents = bytes.littleEndian(at: 4, as: UInt64.self)
        length = bytes.littleEndian(at: 12, as: UInt64.self)
        nextTerm = bytes.littleEndian(at: 20, as: UInt64.self)
    }
}
