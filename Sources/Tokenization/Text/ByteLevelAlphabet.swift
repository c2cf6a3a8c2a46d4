/// A printable character for every byte, as GPT-2 writes bytes (Hugging Face: `bytes_char` in
/// pre_tokenizers/byte_level.rs).
enum ByteLevelAlphabet {
    /// The scalar of each byte: itself where it is printable in Latin-1, else one from 0x100 on.
    static let scalars: [UInt32] = {
        var next: UInt32 = 0x100
        return (0...UInt32(UInt8.max)).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return byte
            default:
                defer { next += 1 }
                return next
            }
        }
    }()

    /// The character of the space, "Ġ".
    static let space: UInt32 = 0x120

    /// Appends the characters of the bytes of a scalar.
    @inline(__always)
    static func append(_ scalar: AlignedScalar, _ scalars: [UInt32], to text: inout AlignedText) {
        _ = forEachUTF8(scalar.value) { byte in
            text.append(AlignedScalar(scalars[Int(byte)], origin: scalar.origin))
            return true
        }
    }
}
