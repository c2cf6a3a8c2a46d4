import CLMDB

/// A type whose values are keys of a database: 1 to 511 bytes each.
public protocol DatabaseKey: Sendable {
    /// Whether LMDB compares the keys as native-endian integers (`MDB_INTEGERKEY`) rather than byte
    /// by byte.
    static var isInteger: Bool { get }

    /// Reads a key; nil when the bytes are none.
    init?(keyBytes: RawSpan)

    /// Lends the key's bytes.
    func withKeyBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result
}

extension DatabaseKey {
    static var flags: UInt32 { isInteger ? UInt32(MDB_INTEGERKEY) : 0 }
}

/// Eight bytes, native-endian, sorted by value.
extension UInt64: DatabaseKey {
    public static var isInteger: Bool { true }

    public init?(keyBytes: RawSpan) {
        guard keyBytes.byteCount == 8 else { return nil }
        self = keyBytes.unsafeLoadUnaligned(as: UInt64.self)
    }

    @inlinable
    public func withKeyBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBytes(of: self) { (bytes) throws(Failure) in try body(bytes.bytes) }
    }
}

/// The bytes as they are.
extension [UInt8]: DatabaseKey {
    public static var isInteger: Bool { false }

    public init?(keyBytes: RawSpan) {
        self = keyBytes.withUnsafeBytes { [UInt8]($0) }
    }

    @inlinable
    public func withKeyBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(span.bytes)
    }
}

/// UTF-8, not normalized: texts that Swift takes for equal may be different keys.
extension String: DatabaseKey {
    public static var isInteger: Bool { false }

    public init?(keyBytes: RawSpan) {
        guard let text = keyBytes.withUnsafeBytes({ String(validating: $0, as: UTF8.self) })
        else { return nil }
        self = text
    }

    @inlinable
    public func withKeyBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(utf8.span.bytes)
    }
}
