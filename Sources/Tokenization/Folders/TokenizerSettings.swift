internal import JSON

/// What the small files beside a vocabulary say of a tokenizer: `tokenizer_config.json`, and for folders
/// of before that told everything `special_tokens_map.json` and `added_tokens.json`.
struct TokenizerSettings {
    /// Their names.
    static let files = ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"]

    private let values: [String: JSONObject]
    private let folder: String

    /// - Throws: for a file that is no JSON object.
    init(folder: String, existing: (String) -> Bool) throws(TokenizerError) {
        self.folder = folder
        var values: [String: JSONObject] = [:]
        for name in Self.files where existing(name) {
            let path = "\(folder)/\(name)"
            let value = try Tokenizer.json(Tokenizer.read(path), path: path)
            guard let object = value.object else {
                throw TokenizerError(kind: .invalid, path: path, reason: "should be an object")
            }
            values[name] = object
        }
        self.values = values
    }

    private func value(_ name: String) -> (file: String, value: JSONValue)? {
        for file in Self.files.dropLast() {
            if let value = values[file]?[name], !value.isNull { return (file, value) }
        }
        return nil
    }

    private func refusal(_ file: String, _ field: String, _ reason: String) -> TokenizerError {
        TokenizerError(kind: .invalid, path: "\(folder)/\(file)", field: field, reason: reason)
    }

    /// The class of transformers that made the folder, without the "Fast" at its end.
    var tokenizerClass: String? {
        guard let name = value("tokenizer_class")?.value.string else { return nil }
        return name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
    }

    func flag(_ name: String, default fallback: Bool?) throws(TokenizerError) -> Bool? {
        guard let (file, value) = value(name) else { return fallback }
        guard let flag = value.bool else { throw refusal(file, name, "should be true or false") }
        return flag
    }

    /// A special token, such as `mask_token`: a text, or an object that has it.
    func token(_ name: String, default fallback: String) throws(TokenizerError) -> String {
        guard let (file, value) = value(name) else { return fallback }
        guard let text = value.string ?? value["content"]?.string else {
            throw refusal(file, name, "should be a text, or an object with a content")
        }
        return text
    }

    /// Tokens beside the vocabulary, as `tokenizer.json` has them; ids ascending.
    func addedTokens() throws(TokenizerError) -> [JSONValue] {
        var found: [(id: Int, value: JSONValue)] = []
        if let (file, value) = value("added_tokens_decoder") {
            for (key, value) in value.object?.members ?? [] {
                guard let id = Int(key), let content = value["content"]?.string else {
                    throw refusal(file, "added_tokens_decoder", "\"\(key)\" should be an id and a token with a content")
                }
                var token: JSONObject = ["id": .integer(id), "content": .string(content)]
                for flag in ["single_word", "lstrip", "rstrip", "normalized", "special"] {
                    token[flag] = .bool(value[flag]?.bool ?? false)
                }
                found.append((id, .object(token)))
            }
        } else {
            let file = "added_tokens.json"
            for (text, value) in values[file]?.members ?? [] {
                guard let id = value.integer else { throw refusal(file, text, "should be the token's id") }
                found.append((id, Self.addedToken(id, text, isSpecial: false)))
            }
        }
        return found.sorted { $0.id < $1.id }.map(\.value)
    }

    static func addedToken(_ id: Int, _ text: String, isSpecial: Bool, stripsLeft: Bool = false) -> JSONValue {
        [
            "id": .integer(id), "content": .string(text), "single_word": false, "lstrip": .bool(stripsLeft),
            "rstrip": false, "normalized": false, "special": .bool(isSpecial),
        ]
    }

    /// How BertJapaneseTokenizer divides a text into words, and these before the vocabulary is looked up.
    ///
    /// Without `mecab_dic` the dictionary is ipadic: what transformers took when the folders were made that do
    /// not tell.
    func mecab() throws(TokenizerError) -> (dictionary: MeCabDictionary, unit: MeCab.Unit) {
        func unsupported(_ file: String, _ field: String, _ value: JSONValue, _ known: String) -> TokenizerError {
            TokenizerError(
                kind: .unsupported, path: "\(folder)/\(file)", field: field, reason: "\(value) is not supported; \(known) is")
        }
        for (flag, supported) in [("do_word_tokenize", true), ("do_subword_tokenize", true), ("do_lower_case", false)] {
            if let (file, value) = value(flag), value != .bool(supported) {
                throw unsupported(file, flag, value, String(supported))
            }
        }
        // The default of the class is "basic".
        let words = value("word_tokenizer_type") ?? ("tokenizer_config.json", "basic")
        guard words.value == "mecab" else { throw unsupported(words.file, "word_tokenizer_type", words.value, "\"mecab\"") }
        let unit: MeCab.Unit
        let tokens = value("subword_tokenizer_type") ?? ("tokenizer_config.json", "wordpiece")
        switch tokens.value.string {
        case "wordpiece": unit = .words
        case "character": unit = .characters
        default: throw unsupported(tokens.file, "subword_tokenizer_type", tokens.value, "\"wordpiece\" or \"character\"")
        }
        var dictionary = MeCabDictionary.ipadic
        if let (file, value) = value("mecab_kwargs") {
            guard let members = value.object?.members else { throw refusal(file, "mecab_kwargs", "should be an object") }
            for (key, value) in members {
                let field = "mecab_kwargs.\(key)"
                switch key {
                case "mecab_dic":
                    guard let known = value.string.flatMap(MeCabDictionary.init) else {
                        let names = MeCabDictionary.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
                        throw unsupported(file, field, value, "one of \(names)")
                    }
                    dictionary = known
                case "normalize_text":
                    if value != true { throw unsupported(file, field, value, "true") }
                default:
                    if !value.isNull, value != "" { throw unsupported(file, field, value, "none") }
                }
            }
        }
        return (dictionary, unit)
    }
}
