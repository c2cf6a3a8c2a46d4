import Contrastive
import Testing

@Suite struct `A split of questions` {
    /// Entries with one to six questions each.
    private let documents: [[Int]] = (0..<120).flatMap { entry in
        [[Int]](repeating: [entry], count: 1 + entry % 6)
    }

    private func split(_ seed: UInt64 = 1) -> QuestionSplit {
        QuestionSplit(documents, development: 0.15, heldOut: 0.2, seed: seed)
    }

    @Test func `gives each part its share, half of it on entries that are learned`() {
        let split = split()
        for (part, share) in [(QuestionSplit.Part.heldOut, 0.2), (.development, 0.15)] {
            let own = split.parts.indices.filter { split.parts[$0] == part }
            let wanted = share * Double(documents.count)
            #expect(abs(Double(own.count) - wanted) < 0.2 * wanted)
            let seen = own.count { split.isSeen[$0] }
            #expect(abs(Double(seen) - Double(own.count) / 2) < 0.2 * Double(own.count))
        }
    }

    @Test func `calls seen what a training question asks for, and nothing else`() {
        let split = split()
        let learned = Set(documents.indices.filter { split.parts[$0] == .training }.flatMap { documents[$0] })
        for index in documents.indices {
            #expect(split.isSeen[index] == documents[index].contains(where: learned.contains))
        }
    }

    @Test func `follows from its seed`() {
        #expect(split().parts == split().parts)
        #expect(split(1).parts != split(2).parts)
    }

    @Test func `holds out whole entries where each has one question`() {
        let split = QuestionSplit((0..<100).map { [$0] }, development: 0.1, heldOut: 0.2, seed: 1)
        #expect(split.parts.count { $0 == .heldOut } == 20)
        #expect(split.parts.count { $0 == .development } == 10)
        #expect(split.parts.indices.allSatisfy { split.isSeen[$0] == (split.parts[$0] == .training) })
    }

    @Test func `holds out questions where all entries hang together`() {
        // Each question asks for two entries, which links them in a ring.
        let documents = (0..<100).map { [$0 / 2, ($0 / 2 + 1) % 50] }
        let split = QuestionSplit(documents, development: 0.1, heldOut: 0.2, seed: 1)
        let held = documents.indices.filter { split.parts[$0] == .heldOut }
        #expect(held.count == 20)
        #expect(held.allSatisfy { split.isSeen[$0] })
    }
}
