internal import BiEncoder
internal import EmbeddingStore
internal import Tokenization

extension BiEncoder {
    /// The parts of a document's answer that get a vector each, as ranges of its UTF-8 bytes: of
    /// whole sentences, as long as the model reads.
    func answerPassages(of document: Document) -> [Range<Int>] {
        guard let answer = document.answer else { return [] }
        let empty = tokenizer.encode(folder.prompts.prefix(for: .passage), maximumLength: nil)
        let splitter = PassageSplitter(maximumTokens: maximumLength - empty.ids.count)
        let passages = splitter.passages(of: answer) { part in
            tokenizer.encode(String(part), maximumLength: nil, addSpecialTokens: false).ids.count
        }
        return passages.map { passage in
            let start = answer.utf8.distance(from: answer.startIndex, to: passage.startIndex)
            return start..<start + passage.utf8.count
        }
    }
}
