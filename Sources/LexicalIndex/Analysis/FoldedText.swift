/// A text without the differences that a search should not see.
///
/// - Width, as Lucene's `CJKWidthFilter` folds it: full-width ASCII becomes ASCII, half-width
///   Katakana becomes Katakana, with its marks for voicing. Marks that combine with a kana (`か` and
///   U+3099, as macOS writes file names) are folded likewise; others are dropped.
/// - Case: Unicode's lower-case mapping of each character, and `ς` as `σ`.
/// - Accents: a Latin or Greek letter becomes the one without (`LetterFolding`), and the combining
///   marks U+0300 to U+036F are dropped, so it does not matter how a text is normalized.
/// - Characters that are not to be seen, such as soft hyphens and variation selectors, are dropped.
struct FoldedText {
    private(set) var scalars: [Unicode.Scalar] = []

    init(_ text: String) {
        scalars.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars { append(scalar) }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case ..<0x80: scalars.append(scalar.asciiLowerCase)
        case 0x300...0x36F: break
        case 0xFF01...0xFF5E:
            if let ascii = Unicode.Scalar(scalar.value - 0xFEE0) {
                scalars.append(ascii.asciiLowerCase)
            }
        case 0xFF65...0xFF9D: scalars.append(KanaFolding.fullWidth(of: scalar))
        case 0x3099, 0xFF9E: combineLast(KanaFolding.voiced)
        case 0x309A, 0xFF9F: combineLast(KanaFolding.semiVoiced)
        default: if !scalar.properties.isDefaultIgnorableCodePoint { appendLetter(scalar) }
        }
    }

    private mutating func combineLast(_ combined: (Unicode.Scalar) -> Unicode.Scalar?) {
        if let last = scalars.last, let combined = combined(last) {
            scalars[scalars.count - 1] = combined
        }
    }

    private mutating func appendLetter(_ scalar: Unicode.Scalar) {
        // Han, kana and Hangul have neither case nor accents.
        if (0x2E80...0xD7FF).contains(scalar.value) { return scalars.append(scalar) }
        for lower in scalar.properties.lowercaseMapping.unicodeScalars
        where !(0x300...0x36F).contains(lower.value) {
            scalars.append(LetterFolding.withoutAccents(lower))
        }
    }
}

extension Unicode.Scalar {
    fileprivate var asciiLowerCase: Unicode.Scalar {
        ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(truncatingIfNeeded: value) | 0x20) : self
    }
}
