internal import JSON

extension PostNormEncoder.Description {
    /// A RoBERTa or XLM-RoBERTa: a BERT whose positions begin behind that of the padding token. Liu et
    /// al., "RoBERTa: A Robustly Optimized BERT Pretraining Approach", 2019; Conneau et al.,
    /// "Unsupervised Cross-lingual Representation Learning at Scale", ACL 2020; transformers'
    /// `modeling_roberta.py` and `modeling_xlm_roberta.py`.
    init(roberta config: JSONFile) throws(ModelError) {
        try self.init(bertLike: config, positions: config.positionsBehindPadding, prefix: "roberta.")
    }

    /// A LUKE as it reads words alone, without entities: a RoBERTa whose further tensors are passed
    /// over. Yamada et al., "LUKE: Deep Contextualized Entity Representations with Entity-aware
    /// Self-attention", EMNLP 2020; transformers' `modeling_luke.py`.
    init(luke config: JSONFile) throws(ModelError) {
        try self.init(bertLike: config, positions: config.positionsBehindPadding, prefix: "luke.")
    }
}

extension JSONFile {
    /// Positions that begin behind that of the padding token, as RoBERTa's do.
    var positionsBehindPadding: PostNormEncoder.Positions {
        get throws(ModelError) {
            let rows = try size("max_position_embeddings")
            let padding = object["pad_token_id"]?.integer ?? 1
            guard padding >= 0, padding + 3 <= rows else {
                throw refusal(
                    "pad_token_id \(padding) leaves no positions of max_position_embeddings \(rows)")
            }
            return .init(rows: rows, offset: padding + 1, padding: Int32(padding))
        }
    }
}
