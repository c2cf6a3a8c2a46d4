/// One text of one document: what a vector stands for.
public struct Passage: Sendable, Hashable {
    /// Which of a document's texts. The numbers are those on disk.
    public enum Kind: UInt32, Sendable, CaseIterable {
        case question = 0
        case alternate = 1
        case answer = 2
    }

    /// The document's key.
    public let document: UInt64
    public let kind: Kind
    /// Which of several texts of this kind, from 0.
    public let ordinal: UInt32

    public init(document: UInt64, kind: Kind, ordinal: UInt32 = 0) {
        self.document = document
        self.kind = kind
        self.ordinal = ordinal
    }
}

/// The two records in which passages are kept, 16 bytes each.
///
/// Their numbers are big-endian, unlike all others of a store: LMDB sorts the values of a key byte
/// by byte, which then is the order of the numbers. So a vector's passages come sorted by document,
/// and a document's vectors as question, alternates in their order, answer.
extension Passage {
    static let byteCount = 16

    /// The value in `passages`: document u64, kind u32, ordinal u32.
    var record: [UInt8] {
        document.bigEndianBytes + kind.rawValue.bigEndianBytes + ordinal.bigEndianBytes
    }

    /// Nil when the bytes are no such record.
    init?(record bytes: RawSpan) {
        guard bytes.byteCount == Self.byteCount,
            let kind = Kind(rawValue: bytes.bigEndian(at: 8, as: UInt32.self))
        else { return nil }
        self.init(
            document: bytes.bigEndian(at: 0, as: UInt64.self), kind: kind,
            ordinal: bytes.bigEndian(at: 12, as: UInt32.self))
    }

    /// The value in `document_vectors`: kind u32, ordinal u32, vector key u64.
    func record(ofVector vector: UInt64) -> [UInt8] {
        kind.rawValue.bigEndianBytes + ordinal.bigEndianBytes + vector.bigEndianBytes
    }

    /// Nil when the bytes are no such record.
    static func readVector(
        of document: UInt64, record bytes: RawSpan
    ) -> (passage: Passage, vector: UInt64)? {
        guard bytes.byteCount == byteCount,
            let kind = Kind(rawValue: bytes.bigEndian(at: 0, as: UInt32.self))
        else { return nil }
        let ordinal = bytes.bigEndian(at: 4, as: UInt32.self)
        return (
            Passage(document: document, kind: kind, ordinal: ordinal),
            bytes.bigEndian(at: 8, as: UInt64.self)
        )
    }
}

extension FixedWidthInteger {
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { [UInt8]($0) } }

    var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { [UInt8]($0) } }
}

extension RawSpan {
    /// Traps beyond the span's end.
    func bigEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Value.Type
    ) -> Value {
        Value(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// A key that is the value of a record: u64, little-endian. Nil when the size is another.
    var littleEndianKey: UInt64? {
        guard byteCount == 8 else { return nil }
        return UInt64(littleEndian: unsafeLoadUnaligned(as: UInt64.self))
    }
}
