public import EmbeddingStore

/// An entry of a corpus: a question, other ways to ask it, its answer, and anything else.
public typealias Document = StoredDocument

extension Document {
    /// The texts that are embedded, in the order of their passages: the question, then the
    /// alternates.
    var passageTexts: [String] { [question] + alternates }

    /// The passage of each of `passageTexts`.
    static func passage(_ index: Int, of document: UInt64) -> Passage {
        index == 0
            ? Passage(document: document, kind: .question)
            : Passage(document: document, kind: .alternate, ordinal: UInt32(index - 1))
    }

    /// The text that a passage stands for; nil when the document has no such text.
    func text(of passage: Passage) -> String? {
        switch passage.kind {
        case .question: question
        case .alternate:
            passage.ordinal < alternates.count ? alternates[Int(passage.ordinal)] : nil
        case .answer: answer
        }
    }
}
