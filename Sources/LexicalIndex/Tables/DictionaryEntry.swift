/// What the dictionary says of a term.
///
/// The value in `terms`: the term's number u64, document frequency u64.
struct DictionaryEntry {
    static let byteCount = 16

    /// The term's key in `postings`.
    let number: UInt64
    /// How many documents have the term; a term that none has is not in the dictionary.
    var documentFrequency: UInt64

    func record(of term: Term) -> [UInt8] {
        SealedRecord.sealing(
            number.littleEndianBytes + documentFrequency.littleEndianBytes, forKey: term.bytes)
    }
}

extension DictionaryEntry {
    /// Nil when the bytes are no such record.
    init?(record bytes: RawSpan, of term: Term) {
        guard SealedRecord.byteCount(of: bytes, forKey: term.bytes) == Self.byteCount else {
            return nil
        }
        number = bytes.littleEndian(at: 0, as: UInt64.self)
        documentFrequency = bytes.littleEndian(at: 8, as: UInt64.self)
    }
}
