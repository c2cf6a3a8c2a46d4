internal import JSON

extension PostNormEncoder.Description {
    /// An MPNet: a RoBERTa without token types, under names of its own, with a bias of attention by
    /// distance that all layers share. Song et al., "MPNet: Masked and Permuted Pre-training for Language
    /// Understanding", NeurIPS 2020; transformers' `modeling_mpnet.py`.
    init(mpnet config: JSONFile) throws(ModelError) {
        let hiddenSize = try config.size("hidden_size")
        let heads = try config.size("num_attention_heads")
        guard hiddenSize.isMultiple(of: heads) else {
            throw config.refusal(
                "hidden_size \(hiddenSize) is not a multiple of num_attention_heads \(heads)")
        }
        // The reference computes with 32 buckets, and with 1 as the padding token, whatever the
        // configuration says.
        let buckets = try config.size("relative_attention_num_buckets", default: 32)
        guard buckets == 32 else {
            throw config.refusal("relative_attention_num_buckets \(buckets) is not supported; 32 is")
        }
        let rows = try config.size("max_position_embeddings")
        guard rows > 2 else { throw config.refusal("max_position_embeddings is \(rows), expected 3 or more") }
        var names = PostNormEncoder.Names()
        names.query = "attention.attn.q"
        names.key = "attention.attn.k"
        names.value = "attention.attn.v"
        names.attentionOutput = "attention.attn.o"
        names.attentionNorm = "attention.LayerNorm"
        self.init(
            vocabularySize: try config.size("vocab_size"), hiddenSize: hiddenSize,
            layers: try config.size("num_hidden_layers", atMost: 1024), heads: heads,
            intermediateSize: try config.size("intermediate_size"),
            positions: .init(rows: rows, offset: 2, padding: 1), typeVocabularySize: nil,
            distances: .init(name: "encoder.relative_attention_bias", buckets: buckets),
            epsilon: try config.positive("layer_norm_eps", default: 1e-12),
            activation: try config.activation("hidden_act"),
            dropout: DropoutRates(
                hidden: try config.share("hidden_dropout_prob", default: 0.1),
                attention: try config.share("attention_probs_dropout_prob", default: 0.1)),
            names: names, prefix: "mpnet.")
    }
}
