internal import Tokenization

extension BiEncoder {
    /// The share of texts' tokens that stand for what the vocabulary does not have, from 0 to 1: next to 0 in a
    /// language that the model was made for, and for texts in many others far above it.
    ///
    /// The unknown token is known by its name, `[UNK]` or `<unk>`; vocabularies that fall back to bytes have none.
    public func unknownShare(of texts: some Sequence<String>) -> Double {
        let unknown = Set(["[UNK]", "<unk>"].compactMap(tokenizer.id(of:)))
        var (all, missing) = (0, 0)
        for text in texts {
            let ids = tokenizer.encode(text, maximumLength: nil, addSpecialTokens: false).ids
            all += ids.count
            missing += ids.count { unknown.contains($0) }
        }
        return all == 0 ? 0 : Double(missing) / Double(all)
    }
}
