public import BiEncoder

/// Documents of an export, with the vectors that they bring: those are taken to the bit, and texts
/// without are embedded.
extension SearchIndex {
    /// Builds an index folder of an export, or builds it anew; see `build(at:from:with:)`.
    ///
    /// - Parameters:
    ///   - encoder: the model whose vectors the file has.
    ///   - options: whether answers are embedded is the header's to say where there is one.
    /// - Throws: `RecordError` with line and field for what is wrong in the file, nothing being
    ///   written then; and what `build` throws.
    public static func build(
        at path: String, importing file: ExportFile, with encoder: BiEncoder,
        options: BuildOptions = BuildOptions(), progress: (BuildProgress) -> Void = { _ in }
    ) throws -> IndexManifest {
        var options = options
        if let header = file.header { options.embedsAnswers = header.embedsAnswers }
        let documents = try ExportedDocuments(
            file, for: encoder, embedsAnswers: options.embedsAnswers)
        return try IndexBuilder(folder: path, encoder: encoder, options: options)
            .build(documents, progress: progress)
    }

    /// Adds the documents of an export, in place of those that have the same ids; see
    /// `add(_:with:)`.
    ///
    /// - Parameter encoder: the model of the index, whose vectors the file must have.
    /// - Returns: how many documents were there before and were replaced.
    /// - Throws: `RecordError` with line and field for what is wrong in the file, nothing being
    ///   written then; and what `add` throws.
    @discardableResult
    public func add(
        importing file: ExportFile, with encoder: BiEncoder, patience: Duration = .seconds(10),
        progress: (BuildProgress) -> Void = { _ in }
    ) throws -> Int {
        try add(with: encoder, patience: patience, progress: progress) { manifest in
            try ExportedDocuments(file, for: encoder, embedsAnswers: manifest.embedsAnswers)
        }
    }

    /// Whether there is an index in a folder, finished or not.
    public static func exists(at path: String) -> Bool {
        let folder = IndexFolder(path: path)
        return folder.exists(folder.dataPath)
    }
}
