internal import Tensors

/// BERT's encoder. Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for
/// Language Understanding", NAACL 2019; tensor names and order of operations as in transformers'
/// `BertModel` (`modeling_bert.py`).
///
/// In bf16 the matrix products read bf16 numbers, while sums, the residual stream, softmax and
/// layer norms stay in f32.
struct Bert: Architecture {
    let configuration: BertConfiguration
    let precision: Precision
    let parameterCount: Int
    private let embeddings: EmbeddingLookup
    private let encoder: [Layer]

    var hiddenSize: Int { configuration.hiddenSize }
    var vocabularySize: Int { configuration.vocabularySize }
    var maximumPositions: Int { configuration.maximumPositions }
    var layers: Int { configuration.layers }

    /// One transformer layer; `qkv` is the three projections of attention side by side.
    private struct Layer: Sendable {
        let qkv: Linear
        let attention: SelfAttention
        let output: Linear
        let outputNorm: LayerNorm
        let intermediate: Linear
        let layerOutput: Linear
        let layerOutputNorm: LayerNorm
    }

    init(
        _ configuration: BertConfiguration, weights: Safetensors, precision: Precision
    ) throws(ModelError) {
        self.configuration = configuration
        self.precision = precision
        // Checkpoints of a task model keep the encoder under "bert.".
        let prefix = weights.entries["embeddings.word_embeddings.weight"] == nil ? "bert." : ""
        let loader = Loader(
            weights: weights, prefix: prefix, configuration: configuration, precision: precision)
        embeddings = try loader.embeddings()
        var encoder: [Layer] = []
        for index in 0..<configuration.layers {
            encoder.append(try loader.layer("encoder.layer.\(index)."))
        }
        self.encoder = encoder
        parameterCount = weights.entries.values.reduce(0) { $0 + $1.shape.reduce(1, *) }
    }

    func hiddenStates(of batch: PackedBatch, with worker: Worker) throws(TensorError) -> Tensor {
        let rows = batch.tokens
        let h = configuration.hiddenSize
        func tensor(_ name: String, _ columns: Int, _ precision: Precision) -> Tensor {
            worker.tensor(name, rows: rows, columns: columns, precision: precision)
        }
        // The residual stream in f32, and what the matrix products read of it.
        let x = tensor("x", h, .f32)
        let rounded = precision == .bf16 ? tensor("x rounded", h, .bf16) : nil
        let input = rounded ?? x
        let qkv = tensor("qkv", 3 * h, .f32)
        let context = tensor("context", h, precision)
        let projected = tensor("projected", h, .f32)
        let intermediate = tensor("intermediate", configuration.intermediateSize, precision)

        embeddings.forward(
            ids: batch.ids, positions: batch.positions, types: batch.types, into: x,
            rounded: rounded, with: worker)
        for layer in encoder {
            try layer.qkv.forward(input, into: qkv, with: worker)
            try layer.attention.forward(qkv, starts: batch.starts, into: context, with: worker)
            try layer.output.forward(context, into: projected, with: worker)
            layer.outputNorm.forward(projected, plus: x, into: x, rounded: rounded, with: worker)
            try layer.intermediate.forward(input, into: intermediate, with: worker)
            try layer.layerOutput.forward(intermediate, into: projected, with: worker)
            layer.layerOutputNorm.forward(projected, plus: x, into: x, rounded: rounded, with: worker)
        }
        return x
    }

    /// Takes the layers' parameters from a checkpoint by their names there.
    private struct Loader {
        let weights: Safetensors
        let prefix: String
        let configuration: BertConfiguration
        let precision: Precision

        private var h: Int { configuration.hiddenSize }

        func embeddings() throws(ModelError) -> EmbeddingLookup {
            EmbeddingLookup(
                word: try parameter(
                    "embeddings.word_embeddings.weight", [configuration.vocabularySize, h]),
                position: try parameter(
                    "embeddings.position_embeddings.weight", [configuration.maximumPositions, h]),
                tokenType: try parameter(
                    "embeddings.token_type_embeddings.weight",
                    [configuration.typeVocabularySize, h]),
                norm: try norm("embeddings.LayerNorm"))
        }

        func layer(_ path: String) throws(ModelError) -> Layer {
            Layer(
                qkv: try qkv("\(path)attention.self."),
                attention: SelfAttention(
                    heads: configuration.heads, headSize: configuration.headSize),
                output: try linear("\(path)attention.output.dense", h, h),
                outputNorm: try norm("\(path)attention.output.LayerNorm"),
                intermediate: try linear(
                    "\(path)intermediate.dense", configuration.intermediateSize, h,
                    activation: configuration.activation, output: precision),
                layerOutput: try linear("\(path)output.dense", h, configuration.intermediateSize),
                layerOutputNorm: try norm("\(path)output.LayerNorm"))
        }

        private func parameter(_ name: String, _ shape: [Int]) throws(ModelError) -> Parameter {
            try weights.parameter(prefix + name, shape: shape)
        }

        private func norm(_ name: String) throws(ModelError) -> LayerNorm {
            LayerNorm(
                weight: try parameter("\(name).weight", [h]),
                bias: try parameter("\(name).bias", [h]), epsilon: configuration.epsilon)
        }

        private func linear(
            _ name: String, _ outputs: Int, _ inputs: Int, activation: Activation = .identity,
            output: Precision = .f32
        ) throws(ModelError) -> Linear {
            try linear(
                weight: parameter("\(name).weight", [outputs, inputs]),
                bias: parameter("\(name).bias", [outputs]), activation: activation, output: output)
        }

        private func qkv(_ path: String) throws(ModelError) -> Linear {
            var weights: [Parameter] = []
            var biases: [Parameter] = []
            for name in ["query", "key", "value"] {
                weights.append(try parameter("\(path)\(name).weight", [h, h]))
                biases.append(try parameter("\(path)\(name).bias", [h]))
            }
            return try linear(
                weight: Parameter(stacking: weights), bias: Parameter(stacking: biases),
                activation: .identity, output: .f32)
        }

        private func linear(
            weight: Parameter, bias: Parameter, activation: Activation, output: Precision
        ) throws(ModelError) -> Linear {
            do {
                return try Linear(
                    weight: weight, bias: bias, activation: activation, precision: precision,
                    output: output)
            } catch {
                throw ModelError(weights.path, "\(error)")
            }
        }
    }
}
