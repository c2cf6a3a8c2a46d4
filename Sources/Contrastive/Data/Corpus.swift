internal import EmbeddingStore
package import SemanticSearch

/// The documents that pairs may name by id.
package struct Corpus: Sendable {
    private var texts: [[UInt8]: [String]] = [:]
    private var ids: [[UInt8]] = []
    /// For each text, the documents that have it.
    private var holders: [[UInt8]: [[UInt8]]] = [:]

    /// - Throws: `RecordError` as `CorpusFiles` does, also for an id that two of the files have.
    package init(_ files: [CorpusFile]) throws { try self.init(CorpusFiles(files)) }

    /// - Throws: what the documents throw.
    package init(_ documents: some DocumentSource) throws {
        try documents.forEach { document in
            let id = Array(document.id.utf8)
            let own = [document.question] + document.alternates
            texts[id] = own
            ids.append(id)
            for text in own { holders[Array(text.utf8), default: []].append(id) }
        }
    }

    /// A document's question and alternates; nil for an unknown id.
    func texts(of id: String) -> [String]? { texts[Array(id.utf8)] }

    /// All texts of the documents that have this text.
    func texts(beside text: String) -> [String] {
        (holders[Array(text.utf8)] ?? []).flatMap { texts[$0] ?? [] }
    }

    /// Makes the corpus what `set` is searched in.
    func addDocuments(to set: inout PairSet) {
        set.documents = ids.map { id in (texts[id] ?? []).map { set.passages.insert($0) } }
    }
}
