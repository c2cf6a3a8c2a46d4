internal import EmbeddingStore
package import SemanticSearch

/// The documents that pairs may name by id.
package struct Corpus: Sendable {
    private var texts: [[UInt8]: [String]] = [:]
    private var ids: [[UInt8]] = []

    /// - Throws: `RecordError` as `CorpusFile` does.
    package init(_ files: [CorpusFile]) throws {
        for file in files {
            try file.forEach { document in
                let id = Array(document.id.utf8)
                if texts.updateValue([document.question] + document.alternates, forKey: id) == nil {
                    ids.append(id)
                }
            }
        }
    }

    /// A document's question and alternates; nil for an unknown id.
    func texts(of id: String) -> [String]? { texts[Array(id.utf8)] }

    /// Makes the corpus what `set` is searched in.
    func addDocuments(to set: inout PairSet) {
        set.documents = ids.map { id in (texts[id] ?? []).map { set.passages.insert($0) } }
    }
}
