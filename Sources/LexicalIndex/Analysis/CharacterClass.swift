/// What a character is to the analyzer.
enum CharacterClass {
    /// A letter of Han, Hiragana, Katakana or Hangul: indexed in pairs.
    case paired
    /// Any other letter, and a digit or another number.
    case word
    /// A combining mark, which belongs to the word before it.
    case mark
    case other

    init(of scalar: Unicode.Scalar) {
        if scalar.isASCII {
            let isWord =
                scalar.isDigit || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            self = isWord ? .word : .other
        } else if scalar.isHan || scalar.isKatakana || scalar.isHiragana || scalar.isHangul {
            self = .paired
        } else {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter, .decimalNumber, .letterNumber, .otherNumber:
                self = .word
            case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
            default: self = .other
            }
        }
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }

    /// The typewriter's and the typographic one.
    var isApostrophe: Bool { self == "'" || self == "\u{2019}" }

    /// Hyphen-minus, hyphen and non-breaking hyphen.
    var isHyphen: Bool { self == "-" || self == "\u{2010}" || self == "\u{2011}" }

    /// By block, with the iteration mark 々, 〆 and 〇.
    var isHan: Bool {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x3005...0x3007, 0xF900...0xFAFF,
            0x20000...0x3FFFF:
            true
        default: false
        }
    }

    /// By block, with the long-vowel mark ー and without the middle dot ・.
    var isKatakana: Bool {
        switch value {
        case 0x30A1...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF: true
        default: false
        }
    }

    /// By block, without the marks for voicing.
    var isHiragana: Bool {
        switch value {
        case 0x3041...0x3096, 0x309D...0x309F: true
        default: false
        }
    }

    /// Syllables and letters.
    var isHangul: Bool {
        switch value {
        case 0xAC00...0xD7A3, 0x1100...0x11FF, 0x3131...0x318E: true
        default: false
        }
    }
}
