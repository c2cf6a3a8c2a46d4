internal import JSON
internal import Tensors

extension JSONFile {
    /// A nonlinearity by transformers' name for it (`activations.py`).
    func activation(_ field: String) throws(ModelError) -> Activation {
        let name = try string(field, default: "gelu")
        switch name {
        case "gelu": return .gelu
        case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
        case "relu": return .relu
        default:
            throw refusal(
                "\(field) \"\(name)\" is not supported; gelu, gelu_new, gelu_pytorch_tanh, gelu_fast "
                    + "and relu are")
        }
    }
}
