internal import JSON

extension PostNormEncoder.Description {
    /// A BERT, by the keys of transformers' `BertConfig` and the names of `modeling_bert.py`:
    /// https://huggingface.co/docs/transformers/model_doc/bert#transformers.BertConfig
    init(bert config: JSONFile) throws(ModelError) {
        try self.init(
            bertLike: config, positions: .init(rows: config.size("max_position_embeddings")),
            prefix: "bert.")
    }

    /// A family whose configuration has BERT's keys and whose tensors have BERT's names.
    init(
        bertLike config: JSONFile, positions: PostNormEncoder.Positions, prefix: String
    ) throws(ModelError) {
        let hiddenSize = try config.size("hidden_size")
        let heads = try config.size("num_attention_heads")
        guard hiddenSize.isMultiple(of: heads) else {
            throw config.refusal(
                "hidden_size \(hiddenSize) is not a multiple of num_attention_heads \(heads)")
        }
        let kind = try config.string("position_embedding_type", default: "absolute")
        guard kind == "absolute" else {
            throw config.refusal("position_embedding_type \"\(kind)\" is not supported; absolute is")
        }
        self.init(
            vocabularySize: try config.size("vocab_size"), hiddenSize: hiddenSize,
            layers: try config.size("num_hidden_layers", atMost: 1024), heads: heads,
            intermediateSize: try config.size("intermediate_size"), positions: positions,
            typeVocabularySize: try config.size("type_vocab_size", default: 2),
            epsilon: try config.positive("layer_norm_eps", default: 1e-12),
            activation: try config.activation("hidden_act"),
            dropout: DropoutRates(
                hidden: try config.share("hidden_dropout_prob", default: 0.1),
                attention: try config.share("attention_probs_dropout_prob", default: 0.1)),
            names: .init(), prefix: prefix)
    }
}
