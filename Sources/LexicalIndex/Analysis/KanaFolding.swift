/// Kana in their usual width, and with marks for voicing.
enum KanaFolding {
    /// U+FF65 to U+FF9D.
    private static let halfWidth = Array(
        "・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
            .unicodeScalars)

    /// The Katakana for a half-width one; any other character itself.
    static func fullWidth(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        let place = Int(scalar.value) - 0xFF65
        return halfWidth.indices.contains(place) ? halfWidth[place] : scalar
    }

    /// A kana with the mark ゛ (`か` gives `が`), or nil when it cannot have one.
    static func voiced(_ kana: Unicode.Scalar) -> Unicode.Scalar? {
        switch kana {
        case "う": "ゔ"
        case "ウ": "ヴ"
        case "ワ": "ヷ"
        case "ヰ": "ヸ"
        case "ヱ": "ヹ"
        case "ヲ": "ヺ"
        case "ゝ": "ゞ"
        case "ヽ": "ヾ"
        default:
            // In Unicode the voiced kana comes next.
            "かきくけこさしすせそたちつてとはひふへほカキクケコサシスセソタチツテトハヒフヘホ".unicodeScalars.contains(kana)
                ? Unicode.Scalar(kana.value + 1) : nil
        }
    }

    /// A kana with the mark ゜ (`は` gives `ぱ`), or nil when it cannot have one.
    static func semiVoiced(_ kana: Unicode.Scalar) -> Unicode.Scalar? {
        "はひふへほハヒフヘホ".unicodeScalars.contains(kana) ? Unicode.Scalar(kana.value + 2) : nil
    }
}
