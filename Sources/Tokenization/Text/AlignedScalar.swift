/// A Unicode scalar together with the place in the text that it comes from.
///
/// Stages rewrite scalars and keep origins, so that a token can say which bytes it stands for.
/// Both share 64 bits: 21 for the scalar, 43 for the place.
struct AlignedScalar: Sendable {
    private let bits: UInt64

    /// - Parameters:
    ///   - value: below 0x110000.
    ///   - origin: where the scalar that this one stands for begins, in UTF-8 bytes.
    @inline(__always)
    init(_ value: UInt32, origin: Int) {
        bits = UInt64(truncatingIfNeeded: origin) << 21 | UInt64(value)
    }

    @inline(__always)
    var value: UInt32 { UInt32(truncatingIfNeeded: bits) & 0x1F_FFFF }

    @inline(__always)
    var origin: Int { Int(bits >> 21) }
}

/// Text as the stages pass it on.
typealias AlignedText = [AlignedScalar]

extension AlignedText {
    /// Appends the scalars of a text, whose origins are their places in `utf8`.
    ///
    /// `utf8` is the storage of a `String` and so always well-formed.
    mutating func append(utf8: Span<UInt8>) {
        reserveCapacity(count + utf8.count)
        var position = 0
        while position < utf8.count {
            let first = UInt32(utf8[position])
            if first < 0x80 {
                append(AlignedScalar(first, origin: position))
                position += 1
                continue
            }
            let length = utf8[position].utf8SequenceLength
            var value = first & (0x7F >> UInt32(length))
            for index in position + 1..<position + length {
                value = value << 6 | UInt32(utf8[index] & 0x3F)
            }
            append(AlignedScalar(value, origin: position))
            position += length
        }
    }

    init(copying source: Span<AlignedScalar>) {
        self = []
        append(copying: source)
    }

    mutating func append(copying source: Span<AlignedScalar>) {
        reserveCapacity(count + source.count)
        for index in source.indices {
            append(source[index])
        }
    }

    /// The scalars of a text, with origins counted in scalars.
    init(_ text: String) {
        self = text.unicodeScalars.enumerated().map { AlignedScalar($1.value, origin: $0) }
    }
}

extension UInt8 {
    /// How many bytes the scalar has that begins with this byte, in well-formed UTF-8.
    var utf8SequenceLength: Int { self < 0x80 ? 1 : self < 0xE0 ? 2 : self < 0xF0 ? 3 : 4 }
}
