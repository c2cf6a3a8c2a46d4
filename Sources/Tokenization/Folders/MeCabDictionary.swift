internal import Glibc

/// The dictionaries of MeCab that models are made with, by the names that transformers gives them.
enum MeCabDictionary: String, CaseIterable, Sendable {
    case ipadic
    case unidicLite = "unidic_lite"
    case unidic

    /// The files of a compiled dictionary that decide how a text is divided.
    static let files = ["sys.dic", "unk.dic", "matrix.bin", "char.bin", "dicrc"]

    /// Where it is looked for: `$KOTAE_MECAB`, or else `~/.local/share/kotae/mecab`, and where Debian's
    /// package puts it.
    private var candidates: [String] {
        func environment(_ name: String) -> String? {
            guard let value = getenv(name) else { return nil }
            let text = String(cString: value)
            return text.isEmpty ? nil : text
        }
        let own = environment("KOTAE_MECAB") ?? (environment("HOME") ?? ".") + "/.local/share/kotae/mecab"
        // Debian's unidic is another version than transformers' own.
        return ["\(own)/\(rawValue)"] + (self == .ipadic ? ["/var/lib/mecab/dic/ipadic-utf8"] : [])
    }

    /// The folder that has it.
    ///
    /// - Parameter path: the file that asks for it, which errors name.
    /// - Throws: what to install, when it is nowhere.
    func folder(path: String) throws(TokenizerError) -> String {
        for folder in candidates where access("\(folder)/sys.dic", R_OK) == 0 { return folder }
        let remedy =
            switch self {
            case .ipadic: "apt-get install mecab-ipadic-utf8, or tools/mecab-dictionary ipadic"
            case .unidicLite: "tools/mecab-dictionary unidic_lite"
            case .unidic: "put the dicdir of the Python package unidic there"
            }
        throw TokenizerError(
            kind: .unreadable, path: path,
            reason: "the words of this model are those of MeCab's dictionary \(rawValue), which is not installed in "
                + "\(candidates.joined(separator: " or ")): \(remedy)")
    }
}
