internal import Tensors

/// Where an architecture takes its parameters from.
protocol ParameterSource {
    /// The file, for errors.
    var path: String { get }
    /// How many numbers it holds in all.
    var numberCount: Int { get }

    func contains(_ name: String) -> Bool

    /// The tensors of these names, all of one shape; in training stacked as one parameter.
    ///
    /// - Parameter depth: 0 for what stands below the layers, then the layer, from 1.
    /// - Throws: `ModelError` when a tensor is missing or has another shape or type.
    func parameters(_ names: [String], shape: [Int], depth: Int) throws(ModelError) -> [Parameter]
}

extension ParameterSource {
    /// The same as one parameter, stacked along the first dimension.
    func parameter(_ names: [String], shape: [Int], depth: Int) throws(ModelError) -> Parameter {
        let parts = try parameters(names, shape: shape, depth: depth)
        return parts.count == 1 ? parts[0] : Parameter(stacking: parts)
    }
}

/// Copies of a file's tensors that can be trained.
struct TrainableSource: ParameterSource {
    let file: ModelWeights
    let parameters: TrainableParameters
    /// Layers from the bottom that stay as they are, and with them the embeddings; 0 for none.
    let frozenLayers: Int

    var path: String { file.path }
    var numberCount: Int { file.numberCount }

    func contains(_ name: String) -> Bool { file.contains(name) }

    func parameters(_ names: [String], shape: [Int], depth: Int) throws(ModelError) -> [Parameter] {
        let parts = try file.parameters(names, shape: shape, depth: depth)
        return [
            parameters.add(
                zip(names, parts).map { (name: $0, values: $1) },
                frozen: frozenLayers > 0 && depth <= frozenLayers)
        ]
    }
}
