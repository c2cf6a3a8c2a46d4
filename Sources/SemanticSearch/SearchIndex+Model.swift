package import BiEncoder
package import Tensors

extension SearchIndex {
    /// The folder of the model that the index was built with: where it was then, or else the model of
    /// its name in the library, since it may have moved with the library it is in.
    ///
    /// - Parameter model: its folder or name, if it has moved elsewhere.
    /// - Throws: `ModelError` when there is none.
    package func modelFolder(_ model: String? = nil) throws -> String {
        let known = manifest.model
        let library = ModelLibrary()
        if let model { return try library.folder(of: model) }
        if let there = try? library.folder(of: known.path) { return there }
        return try library.folder(of: known.name)
    }

    /// Loads the model that the index was built with, and checks that it is.
    ///
    /// - Parameters:
    ///   - model: its folder or name, if it has moved.
    ///   - precision: nil for the documents' own.
    package func loadModel(
        _ model: String? = nil, precision: Precision? = nil, threads: Int? = nil
    ) throws -> BiEncoder {
        let known = manifest.model
        let encoder = try BiEncoder(
            modelAt: modelFolder(model),
            precision: precision ?? Precision(rawValue: known.precision) ?? .f32, threads: threads,
            maximumLength: known.maximumLength, prompts: known.prompts)
        try check(encoder)
        return encoder
    }
}
