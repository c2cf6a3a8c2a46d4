internal import BiEncoder
internal import EmbeddingStore

extension BiEncoder {
    /// The parts of a document's answer that get a vector each, as ranges of its UTF-8 bytes.
    func answerPassages(of document: Document) -> [Range<Int>] {
        guard let answer = document.answer, answer.utf8.contains(where: { $0 > 0x20 }) else { return [] }
        return [0..<answer.utf8.count]
    }
}
