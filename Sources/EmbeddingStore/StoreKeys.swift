import Crypto

/// The key of a document's own name in `ids`.
enum ExternalID {
    /// The longest key that LMDB takes.
    static let maximumByteCount = 511

    /// The name's UTF-8 if that has at most 511 bytes; otherwise a byte 0xFF, which occurs nowhere
    /// in UTF-8, and the SHA-256 of the UTF-8. Nil for an empty name, which LMDB cannot hold.
    static func key(of id: String) -> [UInt8]? {
        let bytes = [UInt8](id.utf8)
        if bytes.isEmpty { return nil }
        return bytes.count <= maximumByteCount ? bytes : [0xFF] + SHA256.digest(of: bytes)
    }
}

/// Stands for the exact input of an encoder: equal inputs share one vector.
///
/// SHA-256 over the UTF-8 of the model's fingerprint, a zero byte, the UTF-8 of the precision's
/// name, a zero byte, and the token ids as little-endian u32: those after the prompt was put before
/// and the text was cut to the model's length.
public struct TextHash: Sendable, Hashable {
    /// 32 bytes, the key in `texts`.
    public let bytes: [UInt8]

    public init(fingerprint: String, precision: String, tokens: [Int32]) {
        var input = [UInt8](fingerprint.utf8) + [0] + [UInt8](precision.utf8) + [0]
        input.reserveCapacity(input.count + 4 * tokens.count)
        for token in tokens { input += token.littleEndianBytes }
        bytes = SHA256.digest(of: input)
    }
}

extension SHA256 {
    fileprivate static func digest(of bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return [UInt8](hash.finalize())
    }
}

extension [UInt8] {
    /// Two digits a byte.
    var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
