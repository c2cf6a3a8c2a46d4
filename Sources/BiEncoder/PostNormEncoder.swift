internal import Tensors

/// The encoder that BERT introduced: embeddings of word, position and type, then layers of attention and
/// a feed-forward network, each followed by a residual sum and a layer norm. Devlin et al., "BERT:
/// Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL 2019.
///
/// Families that differ in sizes, in the names of their tensors and in where positions begin are this
/// encoder with another description. In bf16 the matrix products read bf16 numbers, while sums, the
/// residual stream, softmax and layer norms stay in f32.
struct PostNormEncoder: Architecture {
    /// The sizes of an encoder, and what its checkpoints call its tensors.
    struct Description: Sendable {
        let vocabularySize: Int
        let hiddenSize: Int
        let layers: Int
        let heads: Int
        let intermediateSize: Int
        let positions: Positions
        /// nil for families without token types.
        let typeVocabularySize: Int?
        /// nil for families whose attention does not look at distances.
        var distances: Distances?
        let epsilon: Float
        let activation: Activation
        let dropout: DropoutRates
        let names: Names
        /// What checkpoints of a task's model put before every name.
        let prefix: String

        var headSize: Int { hiddenSize / heads }
        var limits: InputLimits {
            InputLimits(vocabularySize: vocabularySize, positions: positions.rows - positions.offset)
        }
    }

    /// The table of positions.
    struct Positions: Sendable {
        let rows: Int
        /// The position of a text's first token; those before it are for padding.
        var offset = 0
        /// The token that stands for padding, which has the last position before the first one and is not
        /// counted, in families that count so.
        var padding: Int32?
    }

    /// The table of attention's bias by distance.
    struct Distances: Sendable {
        let name: String
        let buckets: Int
    }

    /// Names of tensors, without ".weight" and ".bias"; a layer's are relative to `layer`.
    struct Names: Sendable {
        var word = "embeddings.word_embeddings"
        var position = "embeddings.position_embeddings"
        var type = "embeddings.token_type_embeddings"
        var norm = "embeddings.LayerNorm"
        /// Before the number of a layer.
        var layer = "encoder.layer."
        var query = "attention.self.query"
        var key = "attention.self.key"
        var value = "attention.self.value"
        var attentionOutput = "attention.output.dense"
        var attentionNorm = "attention.output.LayerNorm"
        var intermediate = "intermediate.dense"
        var output = "output.dense"
        var outputNorm = "output.LayerNorm"
    }

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

    let description: Description
    let parameterCount: Int
    private let embeddings: EmbeddingLookup
    private let distances: RelativePositionBias?
    private let encoder: [Layer]

    var hiddenSize: Int { description.hiddenSize }
    var layers: Int { description.layers }
    var dropout: DropoutRates { description.dropout }

    init(
        _ description: Description, weights: some ParameterSource, precision: Precision
    ) throws(ModelError) {
        self.description = description
        let prefix = weights.contains(description.names.word + ".weight") ? "" : description.prefix
        let loader = Loader(
            weights: weights, prefix: prefix, description: description, precision: precision)
        embeddings = try loader.embeddings()
        distances = try description.distances.map { (table) throws(ModelError) in try loader.distances(table) }
        var encoder: [Layer] = []
        for index in 0..<description.layers {
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
            ids: batch.ids, positions: description.positions.of(batch), types: batch.types, in: pass)
        let bias = distances.map {
            $0.forward(reach: (0..<batch.sequences).reduce(0) { max($0, batch.rows(of: $1).count) }, in: pass)
        }
        for layer in encoder {
            let qkv = try layer.qkv.forward(x, in: pass)
            let context = try layer.attention.forward(qkv, starts: batch.starts, bias: bias, in: pass)
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
        let description: Description
        let precision: Precision

        private var h: Int { description.hiddenSize }
        private var names: Names { description.names }

        func embeddings() throws(ModelError) -> EmbeddingLookup {
            func table(_ name: String, _ rows: Int) throws(ModelError) -> Parameter {
                try parameter(["\(name).weight"], [rows, h], depth: 0)
            }
            let types = description.typeVocabularySize
            return EmbeddingLookup(
                word: try table(names.word, description.vocabularySize),
                position: try table(names.position, description.positions.rows),
                tokenType: try types.map { (rows) throws(ModelError) in try table(names.type, rows) },
                norm: try norm(names.norm, depth: 0))
        }

        func distances(_ table: Distances) throws(ModelError) -> RelativePositionBias {
            RelativePositionBias(
                table: try parameter(["\(table.name).weight"], [table.buckets, description.heads], depth: 0),
                headSize: description.headSize)
        }

        func layer(_ index: Int) throws(ModelError) -> Layer {
            let path = "\(names.layer)\(index)."
            let depth = index + 1
            return Layer(
                qkv: try linear(
                    [names.query, names.key, names.value].map { path + $0 }, h, h, depth: depth),
                attention: SelfAttention(heads: description.heads, headSize: description.headSize),
                output: try linear([path + names.attentionOutput], h, h, depth: depth),
                outputNorm: try norm(path + names.attentionNorm, depth: depth),
                intermediate: try linear(
                    [path + names.intermediate], description.intermediateSize, h,
                    activation: description.activation, output: precision, depth: depth),
                layerOutput: try linear(
                    [path + names.output], h, description.intermediateSize, depth: depth),
                layerOutputNorm: try norm(path + names.outputNorm, depth: depth))
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
                epsilon: description.epsilon)
        }

        /// One layer; the outputs of several names stand side by side.
        private func linear(
            _ names: [String], _ outputs: Int, _ inputs: Int, activation: Activation = .identity,
            output: Precision = .f32, depth: Int
        ) throws(ModelError) -> Linear {
            let weight = try weights.parameters(
                names.map { "\(prefix)\($0).weight" }, shape: [outputs, inputs], depth: depth)
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

extension PostNormEncoder.Positions {
    /// The row of each token of a batch.
    func of(_ batch: PackedBatch) -> [Int32] {
        guard offset > 0 else { return batch.positions }
        let offset = Int32(offset)
        guard let padding, batch.ids.contains(padding) else { return batch.positions.map { $0 + offset } }
        var rows: [Int32] = []
        for sequence in 0..<batch.sequences {
            var next = offset
            for row in batch.rows(of: sequence) {
                let isPadding = batch.ids[row] == padding
                rows.append(isPadding ? offset - 1 : next)
                if !isPadding { next += 1 }
            }
        }
        return rows
    }
}
