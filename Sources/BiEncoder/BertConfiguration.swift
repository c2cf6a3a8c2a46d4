internal import JSON
internal import Tensors

/// What `config.json` says of a BERT.
///
/// Keys as in transformers' `BertConfig`:
/// https://huggingface.co/docs/transformers/model_doc/bert#transformers.BertConfig
struct BertConfiguration: Sendable {
    let vocabularySize: Int
    let hiddenSize: Int
    let layers: Int
    let heads: Int
    let intermediateSize: Int
    let maximumPositions: Int
    let typeVocabularySize: Int
    let epsilon: Float
    let activation: Activation
    let dropout: DropoutRates

    var headSize: Int { hiddenSize / heads }
    var limits: InputLimits {
        InputLimits(vocabularySize: vocabularySize, positions: maximumPositions)
    }

    init(_ config: JSONFile) throws(ModelError) {
        vocabularySize = try config.size("vocab_size")
        hiddenSize = try config.size("hidden_size")
        layers = try config.size("num_hidden_layers", atMost: 1024)
        heads = try config.size("num_attention_heads")
        intermediateSize = try config.size("intermediate_size")
        maximumPositions = try config.size("max_position_embeddings")
        typeVocabularySize = try config.size("type_vocab_size", default: 2)
        epsilon = try config.positive("layer_norm_eps", default: 1e-12)
        dropout = DropoutRates(
            hidden: try config.share("hidden_dropout_prob", default: 0.1),
            attention: try config.share("attention_probs_dropout_prob", default: 0.1))
        guard hiddenSize.isMultiple(of: heads) else {
            throw config.refusal(
                "hidden_size \(hiddenSize) is not a multiple of num_attention_heads \(heads)")
        }
        let activationName = try config.string("hidden_act", default: "gelu")
        switch activationName {
        case "gelu": activation = .gelu
        case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": activation = .geluTanh
        case "relu": activation = .relu
        default:
            throw config.refusal(
                "hidden_act \"\(activationName)\" is not supported; gelu, gelu_new, "
                    + "gelu_pytorch_tanh, gelu_fast and relu are")
        }
        let positions = try config.string("position_embedding_type", default: "absolute")
        guard positions == "absolute" else {
            throw config.refusal(
                "position_embedding_type \"\(positions)\" is not supported; absolute is")
        }
    }
}
