internal import JSON

extension SentencePieceModel {
    /// What transformers' XLMRobertaTokenizer makes of it: four tokens of its own, the pieces from the
    /// fourth on, and the mask (fairseq's numbering).
    func xlmRobertaTokenizer(_ settings: TokenizerSettings, path: String) throws(TokenizerError) -> JSONValue {
        let first = try settings.token("bos_token", default: "<s>")
        let padding = try settings.token("pad_token", default: "<pad>")
        let last = try settings.token("eos_token", default: "</s>")
        let unknown = try settings.token("unk_token", default: "<unk>")
        return try tokenizer(
            before: [(first, 0), (padding, 0), (last, 0), (unknown, 0)], replacing: 3, specials: [0, 1, 2, 3],
            ends: (0, 2), settings, path: path)
    }

    /// What transformers' CamembertTokenizer makes of it: five tokens of its own, of which four are not
    /// used, the pieces from the second on, and the mask.
    func camembertTokenizer(_ settings: TokenizerSettings, path: String) throws(TokenizerError) -> JSONValue {
        let padding = try settings.token("pad_token", default: "<pad>")
        let unknown = try settings.token("unk_token", default: "<unk>")
        return try tokenizer(
            before: [("<s>NOTUSED", 0), (padding, 0), ("</s>NOTUSED", 0), (unknown, 0), ("<unk>NOTUSED", -100)],
            replacing: 1, specials: [0, 1, 2, 3, 4, 5, 6], ends: (5, 6), settings, path: path)
    }

    /// What transformers' AlbertTokenizer makes of it: the pieces as they are, of texts without accents and
    /// in lower case unless the settings say otherwise.
    func albertTokenizer(_ settings: TokenizerSettings, path: String) throws(TokenizerError) -> JSONValue {
        let named: [(name: String, fallback: String)] = [
            ("pad_token", "<pad>"), ("unk_token", "<unk>"), ("cls_token", "[CLS]"), ("sep_token", "[SEP]"), ("mask_token", "[MASK]"),
        ]
        var normalizers: [JSONValue] = [("``", "\""), ("''", "\"")].map { pattern, content in
            ["type": "Replace", "pattern": ["String": .string(pattern)], "content": .string(content)]
        }
        if try settings.flag("keep_accents", default: false) != true {
            normalizers += [["type": "NFKD"], ["type": "StripAccents"]]
        }
        if try settings.flag("do_lower_case", default: true) != false { normalizers.append(["type": "Lowercase"]) }
        let special = try specialTokens(named, settings, path: path)
        return try tokenizer(
            unknown: special[1].id, special: special, normalizers: normalizers,
            postProcessor: template((special[2].token, special[2].id), (special[3].token, special[3].id)), settings, path: path)
    }

    /// What transformers' T5Tokenizer makes of it: the pieces as they are, and one token behind a text.
    func t5Tokenizer(_ settings: TokenizerSettings, path: String) throws(TokenizerError) -> JSONValue {
        let special = try specialTokens([("pad_token", "<pad>"), ("eos_token", "</s>"), ("unk_token", "<unk>")], settings, path: path)
        return try tokenizer(
            unknown: special[2].id, special: special, normalizers: [],
            postProcessor: template(nil, (special[1].token, special[1].id)), settings, path: path)
    }

    /// Tokens that a class of transformers names, which have to be among the pieces.
    private func specialTokens(
        _ named: [(name: String, fallback: String)], _ settings: TokenizerSettings, path: String
    ) throws(TokenizerError) -> [(token: String, id: Int)] {
        var found: [(token: String, id: Int)] = []
        for (name, fallback) in named {
            let token = try settings.token(name, default: fallback)
            guard let id = pieces.firstIndex(where: { $0.text.utf8.elementsEqual(token.utf8) }) else {
                throw TokenizerError(kind: .invalid, path: path, reason: "lacks the \(name) \"\(token)\"")
            }
            found.append((token, id))
        }
        return found
    }

    /// The pieces as the file numbers them.
    private func tokenizer(
        unknown: Int, special: [(token: String, id: Int)], normalizers: [JSONValue], postProcessor: JSONValue,
        _ settings: TokenizerSettings, path: String
    ) throws(TokenizerError) -> JSONValue {
        var added = try settings.addedTokens()
        var seen = Set(added.compactMap { $0["id"]?.integer })
        for (token, id) in special where seen.insert(id).inserted {
            added.append(TokenizerSettings.addedToken(id, token, isSpecial: true))
        }
        for (id, piece) in pieces.enumerated() where piece.kind == .userDefined && seen.insert(id).inserted {
            added.append(TokenizerSettings.addedToken(id, piece.text, isSpecial: false))
        }
        added.sort { ($0["id"]?.integer ?? 0) < ($1["id"]?.integer ?? 0) }
        return try json(
            pieces.map { ($0.text, Double($0.score)) }, unknown: unknown, added: added, normalizers: normalizers,
            postProcessor: postProcessor, path: path)
    }

    /// - Parameters:
    ///   - before: the first tokens and their scores, among them as the fourth the unknown one.
    ///   - count: how many of the first pieces these stand for.
    ///   - specials: ids of tokens that are found in a text as they are.
    ///   - ends: the ids of the tokens before and behind a text.
    private func tokenizer(
        before: [(String, Double)], replacing count: Int, specials: [Int], ends: (first: Int, last: Int),
        _ settings: TokenizerSettings, path: String
    ) throws(TokenizerError) -> JSONValue {
        guard pieces.count > 3, pieces[0].kind == .unknown, pieces[1...2].allSatisfy({ $0.kind == .control }) else {
            throw TokenizerError(
                kind: .invalid, path: path, field: "pieces",
                reason: "should begin with the unknown piece and two control pieces, as those of fairseq's models do")
        }
        let mask = try settings.token("mask_token", default: "<mask>")
        let tokens = before + pieces.dropFirst(count).map { ($0.text, Double($0.score)) } + [(mask, 0)]
        var added = try settings.addedTokens()
        if added.isEmpty || !added.contains(where: { $0["content"]?.string == mask }) {
            var own = specials.map { TokenizerSettings.addedToken($0, tokens[$0].0, isSpecial: true) }
            for (place, piece) in pieces.enumerated().dropFirst(count) where piece.kind == .userDefined {
                own.append(TokenizerSettings.addedToken(place - count + before.count, piece.text, isSpecial: false))
            }
            own.append(TokenizerSettings.addedToken(tokens.count - 1, mask, isSpecial: true, stripsLeft: true))
            added = own + added
        }
        return try json(
            tokens, unknown: 3, added: added, normalizers: [],
            postProcessor: template((tokens[ends.first].0, ends.first), (tokens[ends.last].0, ends.last)), path: path)
    }

    /// - Parameter normalizers: before the file's own.
    private func json(
        _ tokens: [(String, Double)], unknown: Int, added: [JSONValue], normalizers: [JSONValue], postProcessor: JSONValue,
        path: String
    ) throws(TokenizerError) -> JSONValue {
        guard algorithm == .unigram else {
            throw TokenizerError(
                kind: .unsupported, path: path, field: "trainer_spec.model_type",
                reason: "\(algorithm) is not supported without a tokenizer.json; unigram is")
        }
        var normalizers = normalizers
        if !characterMap.isEmpty {
            normalizers.append(["type": "Precompiled", "precompiled_charsmap": .string(base64(characterMap))])
        }
        let normalizer: JSONValue =
            normalizers.count > 1 ? ["type": "Sequence", "normalizers": .array(normalizers)] : normalizers.first ?? .null
        let metaspace: JSONValue = [
            "type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true,
        ]
        let vocabulary = tokens.map { JSONValue.array([.string($0.0), .number($0.1)]) }
        return [
            "version": "1.0", "added_tokens": .array(added), "normalizer": normalizer,
            "pre_tokenizer": ["type": "Sequence", "pretokenizers": [["type": "WhitespaceSplit"], metaspace]],
            "post_processor": postProcessor,
            "model": ["type": "Unigram", "unk_id": .integer(unknown), "vocab": .array(vocabulary), "byte_fallback": false],
        ]
    }
}
