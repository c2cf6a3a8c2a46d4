internal import JSON
internal import Tensors

/// ModernBERT's encoder: rotary positions, layers that normalize first, gated feed-forward networks,
/// attention that sees everything in some layers and a window in the others, no biases. Warner et al.,
/// "Smarter, Better, Faster, Longer: A Modern Bidirectional Encoder", 2024; tensor names and order of
/// operations as in transformers' `modeling_modernbert.py`.
struct ModernBert: Architecture {
    /// What `config.json` says, by the keys of transformers' `ModernBertConfig` before and since version 5.
    struct Configuration: Sendable {
        let vocabularySize: Int
        let hiddenSize: Int
        let layers: Int
        let heads: Int
        let intermediateSize: Int
        let maximumPositions: Int
        let epsilon: Float
        let activation: Activation
        let dropout: DropoutRates
        /// Of layers that see everything, and of the others.
        let globalTheta: Float
        let localTheta: Float
        /// How far the others see on either side.
        let window: Int
        /// Whether each layer sees everything.
        let isGlobal: [Bool]

        var headSize: Int { hiddenSize / heads }
        var limits: InputLimits {
            InputLimits(vocabularySize: vocabularySize, positions: maximumPositions)
        }
    }

    private struct Layer: Sendable {
        /// nil in the first layer, where the embeddings' norm is enough.
        let attentionNorm: LayerNorm?
        let isGlobal: Bool
        let qkv: Linear
        let output: Linear
        let gateNorm: LayerNorm
        /// The two halves of the feed-forward network's first step.
        let activated: Linear
        let gate: Linear
        let gateOutput: Linear
    }

    let configuration: Configuration
    let parameterCount: Int
    private let embeddings: EmbeddingLookup
    private let encoder: [Layer]
    private let attention: SelfAttention
    private let finalNorm: LayerNorm

    var hiddenSize: Int { configuration.hiddenSize }
    var layers: Int { configuration.layers }
    var dropout: DropoutRates { configuration.dropout }

    init(
        _ configuration: Configuration, weights: some ParameterSource, precision: Precision
    ) throws(ModelError) {
        self.configuration = configuration
        let name = "embeddings.tok_embeddings.weight"
        let loader = Loader(
            weights: weights, prefix: weights.contains(name) ? "" : "model.", configuration: configuration,
            precision: precision)
        embeddings = EmbeddingLookup(
            word: try loader.parameter(name, [configuration.vocabularySize, configuration.hiddenSize], depth: 0),
            position: nil, tokenType: nil, norm: try loader.norm("embeddings.norm", depth: 0))
        var encoder: [Layer] = []
        for index in 0..<configuration.layers { encoder.append(try loader.layer(index)) }
        self.encoder = encoder
        attention = SelfAttention(heads: configuration.heads, headSize: configuration.headSize)
        finalNorm = try loader.norm("final_norm", depth: configuration.layers + 1)
        parameterCount = weights.numberCount
    }

    var linears: [Linear] {
        encoder.flatMap { [$0.qkv, $0.output, $0.activated, $0.gate, $0.gateOutput] }
    }

    func hiddenStates(of batch: PackedBatch, in pass: Pass) throws(TensorError) -> Variable {
        let reach = (0..<batch.sequences).reduce(0) { max($0, batch.rows(of: $1).count) }
        func rotation(_ theta: Float) -> Rotation {
            Rotation(theta: theta, headSize: configuration.headSize, reach: reach)
        }
        let (everywhere, nearby) = (rotation(configuration.globalTheta), rotation(configuration.localTheta))
        // Texts that fit into the window need none.
        let window = reach > configuration.window + 1
            ? DistanceBias.window(configuration.window, heads: configuration.heads, reach: reach, in: pass) : nil
        var x = try embeddings.forward(
            ids: batch.ids, positions: batch.positions, types: batch.types, in: pass)
        for layer in encoder {
            let normal = try layer.attentionNorm.map { (norm) throws(TensorError) in try norm.forward(x, in: pass) }
            let qkv = try layer.qkv.forward(normal ?? x, in: pass)
            (layer.isGlobal ? everywhere : nearby).forward(qkv, positions: batch.positions, in: pass)
            let context = try attention.forward(
                qkv, starts: batch.starts, bias: layer.isGlobal ? nil : window, in: pass)
            x = Residual.forward(try layer.output.forward(context, in: pass), plus: x, in: pass)
            let gated = try layer.gateNorm.forward(x, in: pass)
            let product = Gate.forward(
                try layer.activated.forward(gated, in: pass), try layer.gate.forward(gated, in: pass), in: pass)
            x = Residual.forward(try layer.gateOutput.forward(product, in: pass), plus: x, in: pass)
        }
        return try finalNorm.forward(x, in: pass)
    }

    /// Takes the layers' parameters from a checkpoint by their names there.
    private struct Loader {
        let weights: any ParameterSource
        let prefix: String
        let configuration: Configuration
        let precision: Precision

        func parameter(_ name: String, _ shape: [Int], depth: Int) throws(ModelError) -> Parameter {
            try weights.parameter([prefix + name], shape: shape, depth: depth)
        }

        func norm(_ name: String, depth: Int) throws(ModelError) -> LayerNorm {
            LayerNorm(
                weight: try parameter("\(name).weight", [configuration.hiddenSize], depth: depth),
                epsilon: configuration.epsilon)
        }

        func layer(_ index: Int) throws(ModelError) -> Layer {
            let (path, depth, h) = ("layers.\(index).", index + 1, configuration.hiddenSize)
            let inner = configuration.intermediateSize
            let wide = try parameter(path + "mlp.Wi.weight", [2 * inner, h], depth: depth)
            return Layer(
                attentionNorm: index == 0 ? nil : try norm(path + "attn_norm", depth: depth),
                isGlobal: configuration.isGlobal[index],
                qkv: try linear(parameter(path + "attn.Wqkv.weight", [3 * h, h], depth: depth)),
                output: try linear(parameter(path + "attn.Wo.weight", [h, h], depth: depth)),
                gateNorm: try norm(path + "mlp_norm", depth: depth),
                activated: try linear(wide.rows(0..<inner), activation: configuration.activation),
                gate: try linear(wide.rows(inner..<2 * inner)),
                gateOutput: try linear(parameter(path + "mlp.Wo.weight", [h, inner], depth: depth)))
        }

        /// A layer without a bias.
        private func linear(
            _ weight: Parameter, activation: Activation = .identity
        ) throws(ModelError) -> Linear {
            let outputs = weight.shape[0]
            do {
                return try Linear(
                    weight: [weight], bias: Parameter(shape: [outputs], [Float](repeating: 0, count: outputs)),
                    activation: activation, precision: precision, output: .f32)
            } catch {
                throw ModelError(weights.path, "\(error)")
            }
        }
    }
}

extension ModernBert.Configuration {
    init(_ config: JSONFile) throws(ModelError) {
        hiddenSize = try config.size("hidden_size")
        heads = try config.size("num_attention_heads")
        guard hiddenSize.isMultiple(of: heads), (hiddenSize / heads).isMultiple(of: 2) else {
            throw config.refusal(
                "hidden_size \(hiddenSize) is no even multiple of num_attention_heads \(heads)")
        }
        for key in ["norm_bias", "attention_bias", "mlp_bias"] where try config.bool(key, default: false) {
            throw config.refusal("\(key) true is not supported; false is")
        }
        vocabularySize = try config.size("vocab_size")
        let layers = try config.size("num_hidden_layers", atMost: 1024)
        self.layers = layers
        intermediateSize = try config.size("intermediate_size")
        maximumPositions = try config.size("max_position_embeddings")
        epsilon = try config.positive("norm_eps", default: 1e-5)
        activation = try config.activation("hidden_activation")
        dropout = DropoutRates(
            hidden: try config.share("mlp_dropout", default: 0),
            attention: try config.share("attention_dropout", default: 0))
        globalTheta = try config.theta("full_attention", before: "global_rope_theta", default: 160_000)
        localTheta = try config.theta("sliding_attention", before: "local_rope_theta", default: 10_000)
        window = try config.size("local_attention", default: 128) / 2
        isGlobal = try config.globalLayers(layers)
    }
}

extension JSONFile {
    /// The base of rotary positions for a kind of layer.
    fileprivate func theta(
        _ kind: String, before key: String, default fallback: Float
    ) throws(ModelError) -> Float {
        let parameters = object["rope_parameters"]?[kind]
        if let type = parameters?["rope_type"]?.string, type != "default" {
            throw refusal("rope_parameters.\(kind).rope_type \"\(type)\" is not supported; default is")
        }
        guard let value = parameters?["rope_theta"] ?? object[key], !value.isNull else { return fallback }
        guard let theta = value.double, theta >= 1, theta.isFinite else {
            throw refusal("\(key) is \(value), expected a number from 1 on")
        }
        return Float(theta)
    }

    /// Whether each layer sees everything: as `layer_types` says, or every third or so.
    fileprivate func globalLayers(_ count: Int) throws(ModelError) -> [Bool] {
        if let value = object["layer_types"], !value.isNull {
            let kinds = value.array?.compactMap(\.string) ?? []
            guard kinds.count == count, Set(kinds).isSubset(of: ["full_attention", "sliding_attention"]) else {
                throw refusal(
                    "layer_types is no list of \(count) times full_attention or sliding_attention")
            }
            return kinds.map { $0 == "full_attention" }
        }
        let every = try size("global_attn_every_n_layers", default: 3)
        return (0..<count).map { $0.isMultiple(of: every) }
    }
}
