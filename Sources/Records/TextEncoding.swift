/// How a text file writes characters as bytes.
public struct TextEncoding: Sendable, Hashable {
    /// As it was given, for messages.
    public let name: String

    /// What iconv calls it; nil for UTF-8, which is read as it is.
    let converterName: String?

    /// The encoding of files unless told otherwise. A byte order mark at the start is dropped.
    public static let utf8 = TextEncoding(name: "utf-8", converterName: nil)

    /// Names that messages propose.
    static let common = [
        "utf-8", "utf-16", "cp932", "shift_jis", "euc-jp", "iso-2022-jp", "windows-1252",
        "iso-8859-1", "gb18030", "big5", "euc-kr",
    ]

    private init(name: String, converterName: String?) {
        self.name = name
        self.converterName = converterName
    }

    /// The encoding with a name, in upper or lower case, with "_" or "-".
    ///
    /// Any name will do that the system's iconv knows. As on the Web (WHATWG, "Encoding"), two names
    /// stand for what is found under them rather than for the letter of the standard: `shift_jis` is
    /// CP932, which has ①, 髙 and ～ and leaves the backslash a backslash, and `euc-jp` is
    /// eucJP-ms. `utf-16` heeds a byte order mark and without one is little-endian, as Excel writes
    /// it.
    ///
    /// - Throws: `UnknownEncoding`.
    public init(_ name: String) throws(UnknownEncoding) {
        let key = name.lowercased().replacing("_", with: "-")
        switch key {
        case "utf-8", "utf8", "utf-8-sig":
            self.init(name: name, converterName: nil)
        case "cp932", "windows-31j", "ms932", "shift-jis", "shiftjis", "sjis", "x-sjis", "ms-kanji":
            self.init(name: name, converterName: "CP932")
        case "euc-jp", "eucjp", "x-euc-jp", "euc-jp-ms", "eucjp-ms":
            self.init(name: name, converterName: "EUC-JP-MS")
        default:
            // To iconv a slash begins an instruction, such as to leave out what is invalid, and the
            // empty name is that of the locale.
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                !name.contains("/"),
                let known = [name, key].first(where: { TextConverter(from: $0) != nil })
            else { throw UnknownEncoding(name: name) }
            self.init(name: name, converterName: known)
        }
    }

    /// Equal when they read the same.
    public static func == (a: TextEncoding, b: TextEncoding) -> Bool {
        a.converterName?.lowercased() == b.converterName?.lowercased()
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(converterName?.lowercased()) }
}

/// A name that is not one of a character encoding.
public struct UnknownEncoding: Error, Equatable, CustomStringConvertible {
    public let name: String

    public var description: String {
        "unknown encoding \"\(name)\"; common ones are \(TextEncoding.common.joined(separator: ", ")); "
            + "`iconv -l` lists all"
    }
}
