import BiEncoder
import SemanticSearch
import Tensors

extension SearchIndex {
    /// Loads the model that the index was built with, and checks that it is.
    ///
    /// - Parameters:
    ///   - model: its folder or name, if it has moved.
    ///   - precision: nil for the documents' own.
    func loadModel(
        _ model: String? = nil, precision: Precision? = nil, threads: Int? = nil
    ) throws -> BiEncoder {
        let known = manifest.model
        let library = ModelLibrary()
        let folder: String
        if let model {
            folder = try library.folder(of: model)
        } else if let there = try? library.folder(of: known.path) {
            folder = there
        } else {
            // The folder may have moved with the library it is in.
            folder = try library.folder(of: known.name)
        }
        let encoder = try BiEncoder(
            modelAt: folder, precision: precision ?? Precision(rawValue: known.precision) ?? .f32,
            threads: threads, maximumLength: known.maximumLength)
        try check(encoder)
        return encoder
    }
}
