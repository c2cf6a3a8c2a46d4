internal import JSON
public import Tensors
public import Tokenization

/// A sentence bi-encoder: texts in, vectors out, each text by itself.
///
/// A text's vector has the same bits alone and beside any other texts, and for any number of
/// threads, on the same processor and version. Safe to use from several threads at once.
public final class BiEncoder: Sendable {
    public let folder: ModelFolder
    public let tokenizer: Tokenizer
    public let precision: Precision
    /// How many processors `embed` uses at most.
    public let threads: Int
    /// The most tokens of a text that are read, special tokens included; the rest is cut.
    public let maximumLength: Int
    let architecture: any Architecture
    /// The layers after pooling.
    let dense: [Dense]
    let workers: WorkerPool
    /// In training, what the model learns; nil otherwise.
    package let parameters: TrainableParameters?

    /// The number of elements of a vector.
    public var dimensions: Int { dense.last?.description.outputs ?? architecture.hiddenSize * folder.pooling.count }

    /// Loads a model.
    ///
    /// - Parameters:
    ///   - path: a sentence-transformers folder: `config.json`, `tokenizer.json`, weights as
    ///     `model.safetensors`, as several such files that `model.safetensors.index.json` names, or as
    ///     `pytorch_model.bin`, and, where it has them, `modules.json` and what that names.
    ///   - precision: of the matrix products.
    ///   - threads: at least 1; all processors by default.
    ///   - maximumLength: another limit than the folder's, from 2 to the model's positions.
    ///   - prompts: which prefixes texts get.
    /// - Throws: `ModelError` when a file is missing, damaged, disagrees with another or asks for
    ///   something that is not supported, or when the processor lacks the precision.
    public convenience init(
        modelAt path: String, precision: Precision = .f32, threads: Int? = nil,
        maximumLength: Int? = nil, prompts: PromptChoice = .automatic
    ) throws(ModelError) {
        try self.init(
            modelAt: path, precision: precision, threads: threads, maximumLength: maximumLength,
            prompts: prompts, frozenLayers: nil)
    }

    /// Loads a model to be trained.
    ///
    /// - Parameter frozenLayers: layers from the bottom that stay as they are, and with them the
    ///   embeddings; 0 trains everything.
    package convenience init(
        training path: String, precision: Precision, threads: Int?, maximumLength: Int?,
        prompts: PromptChoice = .automatic, frozenLayers: Int
    ) throws(ModelError) {
        try self.init(
            modelAt: path, precision: precision, threads: threads, maximumLength: maximumLength,
            prompts: prompts, frozenLayers: .some(frozenLayers))
    }

    private init(
        modelAt path: String, precision: Precision, threads: Int?, maximumLength: Int?,
        prompts: PromptChoice, frozenLayers: Int?
    ) throws(ModelError) {
        guard precision.isSupported else {
            throw ModelError(
                path,
                "this processor has no \(precision.rawValue) instructions (AVX-512 BF16); use f32")
        }
        let input = try ModelTokenizer(modelAt: path, maximumLength: maximumLength, prompts: prompts)
        folder = input.folder
        tokenizer = input.tokenizer
        self.maximumLength = input.maximumLength
        self.precision = precision
        self.threads = max(1, threads ?? Arithmetic.processors)
        let weights = try ModelWeights(of: folder)
        let source: any ParameterSource
        if let frozenLayers {
            let parameters = TrainableParameters()
            source = TrainableSource(file: weights, parameters: parameters, frozenLayers: frozenLayers)
            self.parameters = parameters
        } else {
            source = weights
            parameters = nil
        }
        architecture = try ArchitectureKind.load(folder.config, weights: source, precision: precision)
        var dense: [Dense] = []
        var width = architecture.hiddenSize * folder.pooling.count
        for layer in folder.dense {
            guard layer.inputs == width else {
                throw ModelError(
                    join(join(path, layer.path), "config.json"),
                    "in_features is \(layer.inputs), but the vectors before have \(width) elements")
            }
            dense.append(try Dense(layer, weights: source, depth: architecture.layers + 1))
            width = layer.outputs
        }
        self.dense = dense
        workers = WorkerPool()
    }
}

extension BiEncoder {
    /// Facts about a model that people ask for.
    public struct Information: Sendable {
        /// `model_type` of `config.json`, such as "bert".
        public let architecture: String
        public let layers: Int
        /// All numbers in the weights file.
        public let parameters: Int
        /// The precisions that this processor can run it in.
        public let precisions: [Precision]
    }

    public var information: Information {
        Information(
            architecture: folder.config.object["model_type"]?.string ?? "",
            layers: architecture.layers, parameters: architecture.parameterCount,
            precisions: Precision.allCases.filter(\.isSupported))
    }
}
