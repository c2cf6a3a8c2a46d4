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
    var layers: Int { configuration.layers }
    var dropout: DropoutRates { configuration.dropout }

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
        _ configuration: BertConfiguration, weights: some ParameterSource, precision: Precision
    ) throws(ModelError) {
        self.configuration = configuration
        self.precision = precision
        // Checkpoints of a task model keep the encoder under "bert.".
        let prefix = weights.contains("embeddings.word_embeddings.weight") ? "" : "bert."
        let loader = Loader(
            weights: weights, prefix: prefix, configuration: configuration, precision: precision)
        embeddings = try loader.embeddings()
        var encoder: [Layer] = []
        for index in 0..<configuration.layers {
            encoder.append(try loader.layer(index))
        }
        self.encoder = encoder
        parameterCount = weights.numberCount
    }

    var linears: [Linear] {
        encoder.flatMap { [$0.qkv, $0.output, $0.intermediate, $0.layerOutput] }
    }

    func hiddenStates(of batch: PackedBatch, in pass: Pass) throws(TensorError) -> Variable {
        var x = try embeddings.forward(
            ids: batch.ids, positions: batch.positions, types: batch.types, in: pass)
        for layer in encoder {
            let qkv = try layer.qkv.forward(x, in: pass)
            let context = try layer.attention.forward(qkv, starts: batch.starts, in: pass)
            let attended = try layer.output.forward(context, in: pass)
            x = try layer.outputNorm.forward(attended, plus: x, in: pass)
            let intermediate = try layer.intermediate.forward(x, in: pass)
            let output = try layer.layerOutput.forward(intermediate, in: pass)
            x = try layer.layerOutputNorm.forward(output, plus: x, in: pass)
        }
        return x
    }

    /// Takes the layers' parameters from a checkpoint by their names there.
    private struct Loader {
        let weights: any ParameterSource
        let prefix: String
        let configuration: BertConfiguration
        let precision: Precision

        private var h: Int { configuration.hiddenSize }

        func embeddings() throws(ModelError) -> EmbeddingLookup {
            func table(_ name: String, _ rows: Int) throws(ModelError) -> Parameter {
                try parameter(["embeddings.\(name)_embeddings.weight"], [rows, h], depth: 0)
            }
            return EmbeddingLookup(
                word: try table("word", configuration.vocabularySize),
                position: try table("position", configuration.maximumPositions),
                tokenType: try table("token_type", configuration.typeVocabularySize),
                norm: try norm("embeddings.LayerNorm", depth: 0))
        }

        func layer(_ index: Int) throws(ModelError) -> Layer {
            let path = "encoder.layer.\(index)."
            let depth = index + 1
            return Layer(
                qkv: try linear(
                    ["query", "key", "value"].map { "\(path)attention.self.\($0)" }, h, h,
                    depth: depth),
                attention: SelfAttention(
                    heads: configuration.heads, headSize: configuration.headSize),
                output: try linear(["\(path)attention.output.dense"], h, h, depth: depth),
                outputNorm: try norm("\(path)attention.output.LayerNorm", depth: depth),
                intermediate: try linear(
                    ["\(path)intermediate.dense"], configuration.intermediateSize, h,
                    activation: configuration.activation, output: precision, depth: depth),
                layerOutput: try linear(
                    ["\(path)output.dense"], h, configuration.intermediateSize, depth: depth),
                layerOutputNorm: try norm("\(path)output.LayerNorm", depth: depth))
        }

        private func parameters(
            _ names: [String], _ shape: [Int], depth: Int
        ) throws(ModelError) -> [Parameter] {
            try weights.parameters(names.map { prefix + $0 }, shape: shape, depth: depth)
        }

        private func parameter(
            _ names: [String], _ shape: [Int], depth: Int
        ) throws(ModelError) -> Parameter {
            try weights.parameter(names.map { prefix + $0 }, shape: shape, depth: depth)
        }

        private func norm(_ name: String, depth: Int) throws(ModelError) -> LayerNorm {
            LayerNorm(
                weight: try parameter(["\(name).weight"], [h], depth: depth),
                bias: try parameter(["\(name).bias"], [h], depth: depth),
                epsilon: configuration.epsilon)
        }

        /// One layer; the outputs of several names stand side by side.
        private func linear(
            _ names: [String], _ outputs: Int, _ inputs: Int, activation: Activation = .identity,
            output: Precision = .f32, depth: Int
        ) throws(ModelError) -> Linear {
            let weight = try parameters(
                names.map { "\($0).weight" }, [outputs, inputs], depth: depth)
            let bias = try parameter(names.map { "\($0).bias" }, [outputs], depth: depth)
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
