internal import Random

/// Splits questions into those to learn from, those to choose by and those held out for the figures, so
/// that either of the latter has both kinds that a search meets: questions on entries that were learned
/// from other questions, and questions on entries of which nothing was learned.
package struct QuestionSplit: Sendable {
    package enum Part: Sendable, CaseIterable { case training, development, heldOut }

    /// The part of each question.
    package private(set) var parts: [Part]
    /// Of each question whether an entry of its own is one of a training question's.
    package let isSeen: [Bool]

    /// - Parameters:
    ///   - documents: for each question the numbers of the entries that answer it, at least one.
    ///   - development: the share of questions wanted there, as `heldOut`; in [0, 1), together below 1.
    ///   - seed: decides which questions those are.
    package init(_ documents: [[Int]], development: Double, heldOut: Double, seed: UInt64) {
        var assignment = Assignment(documents, seed: seed)
        func count(_ share: Double) -> Int { Int((Double(documents.count) * share).rounded()) }
        let wanted: [(part: Part, count: Int)] = [
            (.heldOut, count(heldOut)), (.development, count(development)),
        ]
        // One half is of entries that nothing is learned of, and one of the others; what either lacks
        // comes from the other.
        for (part, count) in wanted { assignment.fillWithGroups(part, upTo: count / 2) }
        for (part, count) in wanted { assignment.fillWithLearned(part, upTo: count) }
        for (part, count) in wanted { assignment.fillWithGroups(part, upTo: count) }
        parts = assignment.parts
        isSeen = Self.seen(documents, parts)
    }

    /// - Parameter parts: where each question is.
    package init(_ documents: [[Int]], parts: [Part]) {
        self.parts = parts
        isSeen = Self.seen(documents, parts)
    }

    private static func seen(_ documents: [[Int]], _ parts: [Part]) -> [Bool] {
        let learned = Set(zip(documents, parts).filter { $0.1 == .training }.flatMap(\.0))
        return documents.map { $0.contains(where: learned.contains) }
    }
}

/// Questions on their way into the parts.
private struct Assignment {
    private(set) var parts: [QuestionSplit.Part]
    private let documents: [[Int]]
    /// Questions in a random order.
    private let order: [Int]
    /// Questions that hang together by their entries, in a random order.
    private let groups: [[Int]]
    /// How many training questions each entry has.
    private var learned: [Int: Int]

    init(_ documents: [[Int]], seed: UInt64) {
        self.documents = documents
        parts = documents.map { _ in .training }
        var random = SeededGenerator(seed: seed, .questions)
        order = documents.indices.shuffled(using: &random)
        let entries = (documents.joined().max() ?? -1) + 1
        var sets = DisjointSets(count: entries)
        for own in documents {
            for other in own.dropFirst() { sets.join(own[0], other) }
        }
        var members: [Int: [Int]] = [:]
        for (question, own) in documents.enumerated() {
            members[sets.root(of: own[0]), default: []].append(question)
        }
        var groups = members.values.sorted { $0[0] < $1[0] }
        groups.shuffle(using: &random)
        self.groups = groups
        learned = documents.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    private func count(_ part: QuestionSplit.Part) -> Int { parts.count { $0 == part } }

    private mutating func assign(_ question: Int, to part: QuestionSplit.Part) {
        parts[question] = part
        for document in documents[question] { learned[document, default: 0] -= 1 }
    }

    /// Adds whole groups of which nothing has been assigned. One that is far larger than what is
    /// missing stays.
    mutating func fillWithGroups(_ part: QuestionSplit.Part, upTo wanted: Int) {
        var missing = wanted - count(part)
        for group in groups where missing > 0 && group.count <= 2 * missing {
            guard group.allSatisfy({ parts[$0] == .training }) else { continue }
            for question in group { assign(question, to: part) }
            missing -= group.count
        }
    }

    /// Adds questions whose entries keep other questions to learn from.
    mutating func fillWithLearned(_ part: QuestionSplit.Part, upTo wanted: Int) {
        var missing = wanted - count(part)
        for question in order where missing > 0 && parts[question] == .training {
            guard documents[question].allSatisfy({ learned[$0, default: 0] > 1 }) else { continue }
            assign(question, to: part)
            missing -= 1
        }
    }
}
