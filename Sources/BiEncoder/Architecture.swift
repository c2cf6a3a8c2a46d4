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
        switch try encoder(config) {
        case .postNorm(let description):
            try PostNormEncoder(description, weights: weights, precision: precision)
        case .modern(let configuration):
            try ModernBert(configuration, weights: weights, precision: precision)
        }
    }

    static func limits(_ config: JSONFile) throws(ModelError) -> InputLimits {
        switch try encoder(config) {
        case .postNorm(let description): description.limits
        case .modern(let configuration): configuration.limits
        }
    }

    /// The two encoders that serve all families, as a configuration describes them.
    private enum Encoder {
        case postNorm(PostNormEncoder.Description)
        case modern(ModernBert.Configuration)
    }

    private static func encoder(_ config: JSONFile) throws(ModelError) -> Encoder {
        switch try kind(config) {
        case .bert: .postNorm(try .init(bert: config))
        case .roberta, .xlmRoberta, .camembert: .postNorm(try .init(roberta: config))
        case .distilbert: .postNorm(try .init(distilBert: config))
        case .luke: .postNorm(try .init(luke: config))
        case .mpnet: .postNorm(try .init(mpnet: config))
        case .modernbert: .modern(try .init(config))
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
