internal import JSON
internal import Tensors

/// The forward pass of one family of encoders. A further family is a further type in a file of its
/// own, and a case in `ArchitectureKind`.
protocol Architecture: Sendable {
    var hiddenSize: Int { get }
    var layers: Int { get }
    var parameterCount: Int { get }
    /// The rates of dropout in training that the checkpoint was made with.
    var dropout: DropoutRates { get }

    /// The linear layers in the order in which a pass uses them.
    var linears: [Linear] { get }

    /// The last hidden states of a batch, T × H in f32.
    func hiddenStates(of batch: PackedBatch, in pass: Pass) throws(TensorError) -> Variable
}

/// How large a share of the elements dropout sets to zero, each in [0, 1).
package struct DropoutRates: Sendable, Equatable {
    /// Of hidden states.
    package var hidden: Float
    /// Of attention's weights.
    package var attention: Float

    package init(hidden: Float, attention: Float) {
        self.hidden = hidden
        self.attention = attention
    }
}

/// Which texts a model can take in.
struct InputLimits: Sendable {
    let vocabularySize: Int
    /// The longest sequence that it has positions for, special tokens included.
    let positions: Int
}

/// The families that can be loaded, by `model_type` in `config.json`.
enum ArchitectureKind: String, CaseIterable {
    case bert
    case roberta
    case xlmRoberta = "xlm-roberta"
    case camembert
    case distilbert
    case luke
    case mpnet
    case modernbert

    static func load(
        _ config: JSONFile, weights: some ParameterSource, precision: Precision
    ) throws(ModelError) -> any Architecture {
        if try kind(config) == .modernbert {
            return try ModernBert(.init(config), weights: weights, precision: precision)
        }
        return try PostNormEncoder(description(config), weights: weights, precision: precision)
    }

    static func limits(_ config: JSONFile) throws(ModelError) -> InputLimits {
        if try kind(config) == .modernbert { return try ModernBert.Configuration(config).limits }
        return try description(config).limits
    }

    /// Of a family that BERT's encoder serves.
    private static func description(_ config: JSONFile) throws(ModelError) -> PostNormEncoder.Description {
        switch try kind(config) {
        case .bert, .modernbert: try .init(bert: config)
        case .roberta, .xlmRoberta, .camembert: try .init(roberta: config)
        case .distilbert: try .init(distilBert: config)
        case .luke: try .init(luke: config)
        case .mpnet: try .init(mpnet: config)
        }
    }

    private static func kind(_ config: JSONFile) throws(ModelError) -> ArchitectureKind {
        let name = try config.string("model_type", default: "")
        if let kind = ArchitectureKind(rawValue: name) { return kind }
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        throw config.refusal(
            name.isEmpty
                ? "model_type is missing"
                : "the architecture \"\(name)\" is not supported; known: \(known)")
    }
}
