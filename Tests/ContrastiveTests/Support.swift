import BiEncoder
import Contrastive
import FoundationEssentials
import JSON
import TestSupport
import Tensors

/// What PyTorch computed on a tiny random BERT (tools/fixtures/training.py).
struct TrainingFixture {
    static let model = fixture("training/model")
    let queries: [String]
    let passages: [String]
    let negatives: [String]
    private let cases: JSONObject
    private let gradients: Safetensors

    init() throws {
        let path = fixture("training/cases.json")
        let file = try JSONValue(parsing: Data(contentsOf: URL(filePath: path)))
        func texts(_ name: String) -> [String] { file[name]?.array?.compactMap(\.string) ?? [] }
        queries = texts("queries")
        passages = texts("passages")
        negatives = texts("negatives")
        cases = file["cases"]?.object ?? [:]
        gradients = try Safetensors(contentsOf: fixture("training/gradients.safetensors"))
    }

    struct Case {
        let name: String
        let loss: any PairLoss
        let temperature: Double
        let value: Double
        let negativeCount: Int
        let labels: [Float]
        let scores: [Float]
        let excluded: [[Int]]
        let hardNegatives: [[Int]]
    }

    static let names = [
        "bsc", "bsc-rows", "bsc-unit-labelled", "bsc-unit-hard", "bsc-unit-both", "bsc-range",
        "bsc-range-labelled", "bsc-range-hard", "bsc-range-both", "bsc-none", "bsc-none-labelled",
        "bsc-none-hard", "bsc-none-both", "bsc-rows-both", "bsc-excluded", "mse", "mse-both",
        "pearson", "pearson-both", "cosent", "cosent-both", "triplet", "triplet-both", "bsc+mse",
        "bsc+mse-unit-both", "bsc+mse-range-both", "bsc+mse-none-both", "bsc+pearson",
        "bsc+pearson-unit-both", "bsc+pearson-range-both", "bsc+pearson-none-both",
    ]

    var names: [String] { cases.keys }

    func `case`(_ name: String) throws -> Case {
        struct Missing: Error { let name: String }
        guard let json = cases[name], let temperature = json["temperature"]?.double,
            let value = json["value"]?.double, let negatives = json["negatives"]?.integer
        else { throw Missing(name: name) }
        func numbers(_ key: String) -> [Float] {
            json[key]?.array?.compactMap(\.double).map(Float.init) ?? []
        }
        func lists(_ key: String) -> [[Int]] {
            json[key]?.array?.map { $0.array?.compactMap(\.integer) ?? [] } ?? []
        }
        var settings = TrainingSettings()
        settings.loss = json["loss"]?.string.flatMap(TrainingSettings.Loss.init) ?? .bsc
        settings.symmetric = json["symmetric"]?.bool ?? true
        settings.normalization =
            json["normalization"]?.string.flatMap(EmbeddingNormalization.init) ?? .unit
        settings.mu = json["mu"]?.double ?? 0
        settings.margin = json["margin"]?.double ?? 0
        return Case(
            name: name, loss: settings.pairLoss, temperature: temperature, value: value,
            negativeCount: negatives, labels: numbers("labels"), scores: numbers("scores"),
            excluded: lists("excluded"), hardNegatives: lists("hard_negatives"))
    }

    func gradient(_ name: String, _ key: String) throws -> [Float] {
        let path = "\(name)/\(key)"
        let shape = gradients.entries[path]?.shape ?? []
        return try gradients.parameter(path, shape: shape).withValues { span in
            span.indices.map { span[$0] }
        }
    }
}

extension TrainingFixture.Case {
    func batch(_ vectors: [Float], dimensions: Int) -> LossBatch {
        LossBatch(
            anchors: Array(vectors[..<(labels.count * dimensions)]),
            candidates: Array(vectors[(labels.count * dimensions)...]), dimensions: dimensions,
            labels: labels, scores: scores, excluded: excluded, hardNegatives: hardNegatives)
    }
}

extension TrainingFixture {
    func texts(_ found: Case) -> [String] { queries + passages + negatives.prefix(found.negativeCount) }
}

/// The largest difference of two gradients, in parts of the larger one's largest element; 1e-8 is
/// always forgiven.
func relativeDifference(_ found: [Float], _ expected: [Float]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let scale = expected.reduce(0) { max($0, abs(Double($1))) }
    var largest = 0.0
    for (a, b) in zip(found, expected) {
        let difference = abs(Double(a) - Double(b))
        guard difference.isFinite else { return .infinity }
        largest = max(largest, difference - 1e-8)
    }
    return largest <= 0 ? 0 : largest / scale
}

func loadForTraining(
    _ path: String = TrainingFixture.model, threads: Int = 2, frozenLayers: Int = 0,
    precision: Precision = .f32
) throws -> BiEncoder {
    try BiEncoder(
        training: path, precision: precision, threads: threads, maximumLength: nil,
        frozenLayers: frozenLayers)
}

/// All numbers of a model in training, in order.
func numbers(_ encoder: BiEncoder, _ part: TrainableParameters.Part = .value) -> [String: [Float]] {
    guard let parameters = encoder.parameters else { return [:] }
    return Dictionary(
        uniqueKeysWithValues: parameters.entries.map { entry in
            (entry.name, parameters.withNumbers(of: entry, part) { Array($0) } ?? [])
        })
}
