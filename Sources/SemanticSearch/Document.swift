public import EmbeddingStore

/// An entry of a corpus: a question, other ways to ask it, its answer, and anything else.
public typealias Document = StoredDocument

extension Document {
    /// The texts that are embedded, in the order of their passages: the question, the alternates,
    /// and the answer's parts where it is embedded.
    var passageTexts: [String] {
        [question] + alternates + answerPassages.indices.map { answerPassage($0) ?? "" }
    }

    /// The passage of each of `passageTexts`.
    func passage(_ index: Int, of key: UInt64) -> Passage {
        if index == 0 { return Passage(document: key, kind: .question) }
        return index <= alternates.count
            ? Passage(document: key, kind: .alternate, ordinal: UInt32(index - 1))
            : Passage(document: key, kind: .answer, ordinal: UInt32(index - 1 - alternates.count))
    }

    /// The text that a passage stands for; nil when the document has no such text.
    func text(of passage: Passage) -> String? {
        switch passage.kind {
        case .question: question
        case .alternate:
            passage.ordinal < alternates.count ? alternates[Int(passage.ordinal)] : nil
        case .answer: answerPassage(Int(passage.ordinal))
        }
    }

    private func answerPassage(_ index: Int) -> String? {
        guard let answer, index < answerPassages.count else { return nil }
        let range = answerPassages[index]
        guard range.upperBound <= answer.utf8.count else { return nil }
        let start = answer.utf8.index(answer.startIndex, offsetBy: range.lowerBound)
        let end = answer.utf8.index(answer.startIndex, offsetBy: range.upperBound)
        return String(answer[start..<end])
    }
}
