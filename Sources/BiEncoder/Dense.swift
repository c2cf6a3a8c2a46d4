internal import Glibc
internal import JSON
internal import Tensors

/// What `config.json` says of a linear layer after pooling: sentence-transformers' `Dense`.
struct DenseDescription: Sendable {
    enum Activation: String, Sendable, CaseIterable {
        case identity = "torch.nn.modules.linear.Identity"
        case tanh = "torch.nn.modules.activation.Tanh"

        /// As sentence-transformers writes it.
        var name: String { rawValue }
    }

    /// Its folder within the model's.
    let path: String
    let inputs: Int
    let outputs: Int
    let hasBias: Bool
    let activation: Activation

    init(_ path: String, in folder: String) throws(ModelError) {
        self.path = path
        let config = try JSONFile(contentsOf: join(join(folder, path), "config.json"))
        inputs = try config.size("in_features")
        outputs = try config.size("out_features")
        hasBias = try config.bool("bias", default: true)
        let name = try config.string("activation_function", default: "torch.nn.modules.activation.Tanh")
        guard let activation = Activation(rawValue: name) else {
            throw config.refusal(
                "activation_function \"\(name)\" is not supported; "
                    + "\(Activation.allCases.map(\.name).joined(separator: " and ")) are")
        }
        self.activation = activation
        for key in ["module_input_name", "module_output_name"] {
            let name = try config.string(key, default: "sentence_embedding")
            guard name == "sentence_embedding" else {
                throw config.refusal("\(key) \"\(name)\" is not supported; sentence_embedding is")
            }
        }
    }
}

/// y = activation(x · Wᵀ + b) on pooled vectors, in f32 whatever the encoder's precision: it is a
/// thousandth of the work.
struct Dense: Sendable {
    let description: DenseDescription
    private let linear: Linear

    /// - Parameter depth: behind the last layer, so that no frozen layer stands after it.
    init(
        _ description: DenseDescription, weights: some ParameterSource, depth: Int
    ) throws(ModelError) {
        self.description = description
        let name = description.path + "/linear"
        let bias = description.hasBias
            ? try weights.parameter(["\(name).bias"], shape: [description.outputs], depth: depth)
            : Parameter(shape: [description.outputs], [Float](repeating: 0, count: description.outputs))
        let weight = try weights.parameters(
            ["\(name).weight"], shape: [description.outputs, description.inputs], depth: depth)
        do {
            linear = try Linear(weight: weight, bias: bias, precision: .f32, output: .f32)
        } catch {
            throw ModelError(weights.path, "\(error)")
        }
    }

    /// - Parameter x: rows × inputs in f32.
    /// - Returns: rows × outputs.
    func forward(_ x: Variable, in pass: Pass) throws(TensorError) -> Variable {
        let y = try linear.forward(x, in: pass)
        return description.activation == .tanh ? Tanh.forward(y, in: pass) : y
    }
}
