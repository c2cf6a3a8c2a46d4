internal import BiEncoder
internal import EmbeddingStore
internal import Records
internal import Tensors

/// The documents of an export for an encoder: those with vectors as they are, the others to be
/// embedded.
struct ExportedDocuments: PreparedSource {
    private let file: ExportFile
    private let encoder: BiEncoder
    private let embedsAnswers: Bool

    /// - Parameter embedsAnswers: whether the index that the documents are for embeds answers.
    /// - Throws: `RecordError` when the header says that the vectors are not the encoder's, or not
    ///   those of such an index.
    init(_ file: ExportFile, for encoder: BiEncoder, embedsAnswers: Bool) throws {
        self.file = file
        self.encoder = encoder
        self.embedsAnswers = embedsAnswers
        guard let header = file.header else { return }
        func compare<Value: Equatable>(_ field: String, _ found: Value, _ expected: Value) throws {
            guard found != expected else { return }
            throw RecordError(
                path: file.name, line: 1,
                reason: "the field \"\(field)\" is \(found), and that of the model used is \(expected)")
        }
        try compare("model.fingerprint", header.fingerprint, encoder.fingerprint())
        try compare("model.precision", header.precision, encoder.precision.rawValue)
        try compare("dimensions", header.dimensions, encoder.dimensions)
        guard header.embedsAnswers == embedsAnswers else {
            throw RecordError(
                path: file.name, line: 1,
                reason: "the field \"embeds_answers\" is \(header.embedsAnswers), and the index does "
                    + "\(embedsAnswers ? "" : "not ")embed answers")
        }
    }

    func count() throws -> Int {
        var count = 0
        try read { _ in count += 1 }
        guard count > 0 else {
            throw RecordError(path: file.name, reason: "there is no document in this file")
        }
        return count
    }

    func forEach(_ body: (PreparedDocument) throws -> Void) throws {
        try read { document in
            if document.vectors == nil {
                try body(encoder.prepared(document.document, embedsAnswers: embedsAnswers))
            } else {
                try body(document)
            }
        }
    }

    /// Lends the documents as the file has them. Memory grows with their ids only.
    private func read(_ body: (PreparedDocument) throws -> Void) throws {
        // By UTF-8: String would take canonically equivalent ids for equal.
        var lines: [[UInt8]: Int] = [:]
        var records = try file.open()
        while let record = try records.next() {
            let document: PreparedDocument
            do throws(FieldError) {
                document = try ExportedDocument.read(record.fields, header: file.header)
            } catch {
                throw RecordError(path: file.name, line: record.line, reason: error.reason)
            }
            let id = document.document.id
            if let earlier = lines.updateValue(record.line, forKey: Array(id.utf8)) {
                throw RecordError(
                    path: file.name, line: record.line,
                    reason: "the id \"\(id)\" stands in line \(earlier) already")
            }
            try body(document)
        }
    }
}
