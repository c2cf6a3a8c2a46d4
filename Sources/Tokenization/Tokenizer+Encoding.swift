extension Tokenizer {
    /// Encodes one text. Linear in its length.
    ///
    /// - Parameters:
    ///   - maximumLength: how many tokens to keep, special ones included, or nil for all. The end
    ///     of the text is cut; special tokens are always kept, so there may be more tokens than
    ///     this when it is smaller than their number.
    ///   - addSpecialTokens: whether the post-processor adds its tokens.
    public func encode(
        _ text: String, maximumLength: Int?, addSpecialTokens: Bool = true
    ) -> Encoding {
        let given = postProcessor?.frame ?? SpecialTokenFrame()
        let frame =
            addSpecialTokens ? given : SpecialTokenFrame(typeID: given.typeID, trims: given.trims)
        return scratch.withScratch(for: text) { scratch in
            let utf8 = text.utf8.span
            tokenize(utf8, wantsOrigins: true, &scratch)
            let ids = scratch.tokens.ids
            let kept = Self.kept(ids.count, frame, maximumLength)
            var encoding = Encoding()
            encoding.append(frame.before)
            for index in 0..<kept {
                encoding.append(
                    ids[index], typeID: frame.typeID ?? 0,
                    offsets: offsets(ofTokenAt: index, scratch.tokens, frame.trims, in: utf8))
            }
            encoding.append(frame.after)
            encoding.cut = Array(ids[kept...])
            return encoding
        }
    }

    /// The bytes of the text that a token stands for.
    private func offsets(
        ofTokenAt index: Int, _ tokens: TokenList, _ trims: [OffsetTrim], in utf8: Span<UInt8>
    ) -> Range<Int> {
        let origin = tokens.origins[index]
        // Stages may insert scalars whose origins run backwards.
        let end = max(origin.first, origin.last + utf8[origin.last].utf8SequenceLength)
        var offsets = origin.first..<end
        if trims.isEmpty { return offsets }
        let token =
            origin.isAdded
            ? String(decoding: (origin.first..<end).map { utf8[$0] }, as: UTF8.self)
            : vocabulary.text(of: tokens.ids[index]) ?? ""
        for trim in trims {
            offsets = trim.apply(to: offsets, of: token, isFirst: index == 0, in: utf8)
        }
        return offsets
    }

    /// Appends what `encode` gives as `ids`, and returns how many ids truncation removed.
    ///
    /// For encoders, which need nothing else: no offsets are kept and nothing is allocated.
    public func encodeIDs(_ text: String, maximumLength: Int?, into ids: inout [Int32]) -> Int {
        scratch.withScratch(for: text) { scratch in
            tokenize(text.utf8.span, wantsOrigins: false, &scratch)
            let frame = postProcessor?.frame ?? SpecialTokenFrame()
            let found = scratch.tokens.ids
            let kept = Self.kept(found.count, frame, maximumLength)
            for token in frame.before { ids.append(token.id) }
            ids.append(contentsOf: found[..<kept])
            for token in frame.after { ids.append(token.id) }
            return found.count - kept
        }
    }

    /// A text as the normalizer leaves it; added tokens are not looked for.
    package func normalized(_ text: String) -> String {
        var raw: AlignedText = []
        raw.append(utf8: text.utf8.span)
        var normalized: AlignedText = []
        normalize(raw, raw.indices, into: &normalized)
        var result = String.UnicodeScalarView()
        for scalar in normalized.lazy.compactMap({ Unicode.Scalar($0.value) }) {
            result.append(scalar)
        }
        return String(result)
    }

    /// How many of a text's own tokens stay.
    private static func kept(
        _ count: Int, _ frame: SpecialTokenFrame, _ maximumLength: Int?
    ) -> Int {
        guard let maximumLength else { return count }
        return min(count, max(0, maximumLength - frame.count))
    }

    /// Leaves the text's own tokens in `scratch.tokens`.
    private func tokenize(_ utf8: Span<UInt8>, wantsOrigins: Bool, _ scratch: inout Scratch) {
        scratch.tokens.reset(wantsOrigins: wantsOrigins)
        scratch.raw.removeAll(keepingCapacity: true)
        scratch.raw.append(utf8: utf8)
        scratch.rawPieces.removeAll(keepingCapacity: true)
        addedTokens.rawMatcher.split(scratch.raw, into: &scratch.rawPieces)
        for piece in scratch.rawPieces {
            if let token = piece.token {
                scratch.tokens.append(token, piece.range, of: scratch.raw, isAdded: true)
                continue
            }
            scratch.normalized.removeAll(keepingCapacity: true)
            normalize(scratch.raw, piece.range, into: &scratch.normalized)
            tokenizeNormalized(&scratch)
        }
    }

    private func normalize(
        _ text: AlignedText, _ range: Range<Int>, into result: inout AlignedText
    ) {
        let source = text.span.extracting(range)
        result.reserveCapacity(source.count)
        if let normalizer {
            normalizer.normalize(source, into: &result)
        } else {
            result.append(copying: source)
        }
    }

    /// Appends the tokens of `scratch.normalized`.
    private func tokenizeNormalized(_ scratch: inout Scratch) {
        scratch.normalizedPieces.removeAll(keepingCapacity: true)
        addedTokens.normalizedMatcher.split(scratch.normalized, into: &scratch.normalizedPieces)
        for piece in scratch.normalizedPieces {
            if let token = piece.token {
                scratch.tokens.append(
                    token, piece.range, of: scratch.normalized, isAdded: true)
                continue
            }
            scratch.words.removeAll(keepingCapacity: true)
            if let preTokenizer {
                preTokenizer.split(piece.range, of: &scratch.normalized, into: &scratch.words)
            } else {
                scratch.words.append(piece.range)
            }
            model.tokenize(
                scratch.words, of: scratch.normalized, &scratch.model, into: &scratch.tokens)
        }
    }
}
