internal import JSON

/// A `vocab.txt`: a token a line, whose number from 0 on is its id.
struct VocabularyFile {
    private let path: String
    /// Of equal tokens the last, as transformers has them.
    private var ids: [[UInt8]: Int] = [:]
    private var tokens: [String] = []

    /// - Throws: when a line is not UTF-8.
    init(_ bytes: [UInt8], path: String) throws(TokenizerError) {
        self.path = path
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for (number, line) in lines.enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let token = String(validating: line, as: UTF8.self) else {
                throw TokenizerError(kind: .invalid, path: path, field: "line \(number + 1)", reason: "is not UTF-8")
            }
            tokens.append(token)
            ids[Array(line)] = number
        }
    }

    private func id(of token: String, _ name: String) throws(TokenizerError) -> Int {
        guard let id = ids[Array(token.utf8)] else {
            throw TokenizerError(kind: .invalid, path: path, reason: "lacks the \(name) \"\(token)\"")
        }
        return id
    }

    /// What transformers' BertTokenizer and MPNetTokenizer make of it.
    func tokenizer(isMPNet: Bool, _ settings: TokenizerSettings) throws(TokenizerError) -> JSONValue {
        try tokenizer(
            isMPNet: isMPNet, settings,
            normalizer: [
                "type": "BertNormalizer", "clean_text": true,
                "handle_chinese_chars": .bool(try settings.flag("tokenize_chinese_chars", default: true) ?? true),
                "strip_accents": try settings.flag("strip_accents", default: nil).map(JSONValue.bool) ?? .null,
                "lowercase": .bool(try settings.flag("do_lower_case", default: true) ?? true),
            ],
            preTokenizer: ["type": "BertPreTokenizer"])
    }

    /// What transformers' BertJapaneseTokenizer makes of it, where its words are MeCab's.
    func japaneseTokenizer(_ settings: TokenizerSettings) throws(TokenizerError) -> JSONValue {
        let mecab = try settings.mecab()
        return try tokenizer(
            isMPNet: false, settings,
            normalizer: ["type": "Sequence", "normalizers": [["type": "RecentCompatibility"], ["type": "NFKC"]]],
            preTokenizer: [
                "type": "MeCab", "dictionary": .string(mecab.dictionary.rawValue), "unit": .string(mecab.unit.rawValue),
            ])
    }

    private func tokenizer(
        isMPNet: Bool, _ settings: TokenizerSettings, normalizer: JSONValue, preTokenizer: JSONValue
    ) throws(TokenizerError) -> JSONValue {
        let unknown = try settings.token("unk_token", default: "[UNK]")
        let first = try settings.token("cls_token", default: isMPNet ? "<s>" : "[CLS]")
        let last = try settings.token("sep_token", default: isMPNet ? "</s>" : "[SEP]")
        let padding = try settings.token("pad_token", default: isMPNet ? "<pad>" : "[PAD]")
        let mask = try settings.token("mask_token", default: isMPNet ? "<mask>" : "[MASK]")
        _ = try id(of: unknown, "unk_token")
        let ends = (first: (first, try id(of: first, "cls_token")), last: (last, try id(of: last, "sep_token")))
        var added = try settings.addedTokens()
        // Folders of before that told everything tell only what is beside the vocabulary.
        var seen = Set(added.compactMap { $0["id"]?.integer })
        for token in [padding, unknown, first, last, mask] {
            guard let id = ids[Array(token.utf8)], seen.insert(id).inserted else { continue }
            added.append(TokenizerSettings.addedToken(id, token, isSpecial: true, stripsLeft: isMPNet && token == mask))
        }
        added.sort { ($0["id"]?.integer ?? 0) < ($1["id"]?.integer ?? 0) }
        let vocabulary = tokens.enumerated().filter { ids[Array($0.element.utf8)] == $0.offset }
            .map { (key: $0.element, value: JSONValue.integer($0.offset)) }
        return [
            "version": "1.0", "added_tokens": .array(added),
            "normalizer": normalizer,
            "pre_tokenizer": preTokenizer,
            "post_processor": template(ends.first, ends.last),
            "model": [
                "type": "WordPiece", "unk_token": .string(unknown), "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100, "vocab": .object(JSONObject(vocabulary)),
            ],
        ]
    }
}

/// A text between its first token, if it has one, and its last.
func template(_ first: (token: String, id: Int)?, _ last: (token: String, id: Int)) -> JSONValue {
    func special(_ token: String) -> JSONValue { ["SpecialToken": ["id": .string(token), "type_id": 0]] }
    func sequence(_ name: JSONValue) -> JSONValue { ["Sequence": ["id": name, "type_id": 0]] }
    let known = [first, last].compactMap(\.self).map { token, id in
        (key: token, value: ["id": .string(token), "ids": [.integer(id)], "tokens": [.string(token)]] as JSONValue)
    }
    let single = (first.map { [special($0.token)] } ?? []) + [sequence("A"), special(last.token)]
    let between = first == nil ? [] : [special(last.token)]
    return [
        "type": "TemplateProcessing", "single": .array(single),
        "pair": .array(single + between + [sequence("B"), special(last.token)]),
        "special_tokens": .object(JSONObject(known)),
    ]
}
