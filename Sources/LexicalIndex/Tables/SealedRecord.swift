internal import Checksums
internal import LMDB

/// Values that end with a checksum: the CRC-32C, u32 little-endian, over the bytes of the key and
/// the bytes of the value before it. So a value that is damaged, or that is another key's, is told
/// apart.
enum SealedRecord {
    static let checksumByteCount = 4

    /// A value with its checksum behind it.
    static func sealing(_ value: [UInt8], forKey key: some DatabaseKey) -> [UInt8] {
        var checksum = checksum(ofKey: key)
        checksum.update(value.span.bytes)
        return value + checksum.value.littleEndianBytes
    }

    /// How many bytes a value has before its checksum; nil when the checksum is wrong or missing.
    static func byteCount(of value: RawSpan, forKey key: some DatabaseKey) -> Int? {
        isWhole(value, after: checksum(ofKey: key)) ? value.byteCount - checksumByteCount : nil
    }

    /// The checksum of a key alone, to go on from with each of its values.
    static func checksum(ofKey key: some DatabaseKey) -> CRC32C {
        key.withKeyBytes { bytes in
            var checksum = CRC32C()
            checksum.update(bytes)
            return checksum
        }
    }

    /// Whether a value ends with its checksum, given the key's.
    static func isWhole(_ value: RawSpan, after keyChecksum: CRC32C) -> Bool {
        let end = value.byteCount - checksumByteCount
        if end < 0 { return false }
        var checksum = keyChecksum
        checksum.update(value.extracting(..<end))
        return checksum.value == value.littleEndian(at: end, as: UInt32.self)
    }
}

extension FixedWidthInteger {
    var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { [UInt8]($0) } }

    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { [UInt8]($0) } }
}

extension RawSpan {
    /// Traps beyond the span's end.
    func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Value.Type
    ) -> Value {
        Value(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// Traps beyond the span's end.
    func bigEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Value.Type
    ) -> Value {
        Value(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}
