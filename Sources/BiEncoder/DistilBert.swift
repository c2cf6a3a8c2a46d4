internal import JSON

extension PostNormEncoder.Description {
    /// A DistilBERT: a BERT without token types, under names of its own. Sanh et al., "DistilBERT, a
    /// distilled version of BERT", 2019; transformers' `modeling_distilbert.py`.
    init(distilBert config: JSONFile) throws(ModelError) {
        let hiddenSize = try config.size("dim")
        let heads = try config.size("n_heads")
        guard hiddenSize.isMultiple(of: heads) else {
            throw config.refusal("dim \(hiddenSize) is not a multiple of n_heads \(heads)")
        }
        var names = PostNormEncoder.Names()
        names.layer = "transformer.layer."
        names.query = "attention.q_lin"
        names.key = "attention.k_lin"
        names.value = "attention.v_lin"
        names.attentionOutput = "attention.out_lin"
        names.attentionNorm = "sa_layer_norm"
        names.intermediate = "ffn.lin1"
        names.output = "ffn.lin2"
        names.outputNorm = "output_layer_norm"
        self.init(
            vocabularySize: try config.size("vocab_size"), hiddenSize: hiddenSize,
            layers: try config.size("n_layers", atMost: 1024), heads: heads,
            intermediateSize: try config.size("hidden_dim"),
            positions: .init(rows: try config.size("max_position_embeddings")),
            typeVocabularySize: nil, epsilon: 1e-12, activation: try config.activation("activation"),
            dropout: DropoutRates(
                hidden: try config.share("dropout", default: 0.1),
                attention: try config.share("attention_dropout", default: 0.1)),
            names: names, prefix: "distilbert.")
    }
}
