internal import BiEncoder
internal import JSON
internal import Tensors

/// How many of a vector's numbers a request wants: the first ones, scaled to unit length anew, which
/// keeps most of the meaning for models that were trained so ("Matryoshka").
struct EmbeddingSize {
    /// The number that the model gives.
    let full: Int
    /// The number that is wanted.
    let wanted: Int
    /// Whether whole vectors are scaled to unit length, too, which the model does not do itself.
    var scales = false

    /// - Parameter body: its member "dimensions" tells; all are wanted without it.
    /// - Throws: `APIError` for more than the model has.
    init(_ body: JSONObject, of model: ServedModel) throws {
        full = model.encoder.dimensions
        wanted = try body.integer("dimensions") ?? full
        guard (1...full).contains(wanted) else {
            throw APIError.invalid(
                "dimensions", "dimensions is \(wanted); the model \(model.name) has \(full)")
        }
    }

    func applied(to vector: ArraySlice<Float>) -> [Float] {
        var part = Array(vector.prefix(wanted))
        if wanted < full || scales {
            var span = part.mutableSpan
            UnitLength.forward(&span)
        }
        return part
    }
}
