internal import Checksums

/// The end of every value in a store: the CRC-32C of the key's bytes and of the value's bytes before
/// it, as u64, little-endian. So a record that is damaged, or found under another's key, is known.
enum Seal {
    static let byteCount = 8

    /// Whether a value ends in the seal of its key and its other bytes.
    static func isIntact(_ value: RawSpan, key: RawSpan) -> Bool {
        let count = value.byteCount - byteCount
        guard count >= 0 else { return false }
        let seal = value.unsafeLoadUnaligned(fromByteOffset: count, as: UInt64.self)
        return seal == of(value.extracting(first: count), key: key)
    }

    /// The bytes of a value with its seal.
    static func sealed(_ payload: RawSpan, key: RawSpan) -> [UInt8] {
        var value: [UInt8] = []
        value.reserveCapacity(payload.byteCount + byteCount)
        payload.withUnsafeBytes { value += $0 }
        value += of(payload, key: key).littleEndianBytes
        return value
    }

    private static func of(_ payload: RawSpan, key: RawSpan) -> UInt64 {
        var checksum = CRC32C()
        checksum.update(key)
        checksum.update(payload)
        return UInt64(checksum.value)
    }
}

extension Defect {
    static let brokenSeal = Defect(detail: "is damaged: its checksum is not that of its bytes")
}
