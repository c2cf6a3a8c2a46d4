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

    /// - Parameters:
    ///   - before: the first tokens and their scores, among them as the fourth the unknown one.
    ///   - count: how many of the first pieces these stand for.
    ///   - specials: ids of tokens that are found in a text as they are.
    ///   - ends: the ids of the tokens before and behind a text.
    private func tokenizer(
        before: [(String, Double)], replacing count: Int, specials: [Int], ends: (first: Int, last: Int),
        _ settings: TokenizerSettings, path: String
    ) throws(TokenizerError) -> JSONValue {
        guard algorithm == .unigram else {
            throw TokenizerError(
                kind: .unsupported, path: path, field: "trainer_spec.model_type",
                reason: "\(algorithm) is not supported without a tokenizer.json; unigram is")
        }
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
        var normalizer = JSONValue.null
        if !characterMap.isEmpty {
            normalizer = ["type": "Precompiled", "precompiled_charsmap": .string(base64(characterMap))]
        }
        let metaspace: JSONValue = [
            "type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true,
        ]
        let vocabulary = tokens.map { JSONValue.array([.string($0.0), .number($0.1)]) }
        return [
            "version": "1.0", "added_tokens": .array(added), "normalizer": normalizer,
            "pre_tokenizer": ["type": "Sequence", "pretokenizers": [["type": "WhitespaceSplit"], metaspace]],
            "post_processor": template((tokens[ends.first].0, ends.first), (tokens[ends.last].0, ends.last)),
            "model": ["type": "Unigram", "unk_id": 3, "vocab": .array(vocabulary), "byte_fallback": false],
        ]
    }
}
