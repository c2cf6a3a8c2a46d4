internal import BiEncoder
internal import EmbeddingStore

/// A document as an index takes it.
struct PreparedDocument {
    /// With the parts of its answer that get a vector each.
    let document: Document
    /// The vectors of its `passageTexts`, one behind the other, each finite and of unit length; nil
    /// when they are still to be made.
    var vectors: [Float]?
}

/// Documents as an index takes them, which can be read several times from the first to the last.
protocol PreparedSource {
    /// How many there are.
    ///
    /// - Throws: what is wrong with any of them. Reads them all.
    func count() throws -> Int

    /// Calls `body` with each document in order.
    ///
    /// - Throws: what `body` throws, and what is wrong with the documents.
    func forEach(_ body: (PreparedDocument) throws -> Void) throws
}

/// Documents whose texts an encoder will embed.
struct UnembeddedDocuments<Source: DocumentSource>: PreparedSource {
    let source: Source
    let encoder: BiEncoder
    let embedsAnswers: Bool

    func count() throws -> Int {
        var count = 0
        try source.forEach { _ in count += 1 }
        return count
    }

    func forEach(_ body: (PreparedDocument) throws -> Void) throws {
        try source.forEach { document in
            try body(encoder.prepared(document, embedsAnswers: embedsAnswers))
        }
    }
}

extension BiEncoder {
    /// A document without vectors as it is stored: with the parts of its answer where answers are
    /// embedded.
    func prepared(_ document: Document, embedsAnswers: Bool) -> PreparedDocument {
        var document = document
        document.answerPassages = embedsAnswers ? answerPassages(of: document) : []
        return PreparedDocument(document: document)
    }
}
