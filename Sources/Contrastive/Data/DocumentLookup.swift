internal import EmbeddingStore
internal import SemanticSearch

/// Documents by their ids and by their texts, compared byte by byte.
struct DocumentLookup {
    private var known: Set<[UInt8]> = []
    private var holders: [[UInt8]: [String]] = [:]

    init(_ documents: some DocumentSource) throws {
        try documents.forEach { document in
            known.insert(Array(document.id.utf8))
            let texts = [document.question] + document.alternates + (document.answer.map { [$0] } ?? [])
            for text in Set(texts.map { Array($0.utf8) }) {
                holders[text, default: []].append(document.id)
            }
        }
    }

    func has(_ id: String) -> Bool { known.contains(Array(id.utf8)) }

    func ids(of text: String) -> [String] { holders[Array(text.utf8)] ?? [] }
}
