internal import EmbeddingStore
package import JSON
internal import Records
package import SemanticSearch

/// Pairs in three parts: to learn from, to choose by, and held out.
package struct PairPartition: Sendable {
    /// Pairs that belong together, and in the first part those labelled as not belonging together.
    package let training: [RawPair]
    package let development: [RawPair]
    package let heldOut: [RawPair]
    /// The held-out queries that ask for an entry which a training pair has, and the others.
    package let seen: [String]
    package let unseen: [String]
    /// Pairs that belong together and are in none of the parts.
    package let leftOut: LeftOut
    /// Labelled negatives among the training pairs.
    package let negatives: Int

    /// How many pairs were left out, by the reason.
    package struct LeftOut: Sendable {
        /// The same query and entries stand there before.
        package var duplicates = 0
        /// No document has the text given as answer.
        package var unmatched = 0
        package var empty = 0
    }

    /// Which parts there are to make.
    package struct Shares: Sendable {
        /// Of the questions, as `heldOut`; of no account where the part has files of its own.
        package var development = 0.15
        package var heldOut = 0.2

        package init() {}
    }

    /// - Parameters:
    ///   - pairs: all, or those that no other reader has.
    ///   - development: pairs that were chosen by hand to choose by; nil to take them from `pairs`. As
    ///     `heldOut`.
    ///   - documents: what is searched.
    ///   - seed: decides the parts.
    /// - Throws: what the documents throw; `RecordError` with the line of an id that they lack;
    ///   `TrainingError` for a query that stands in two of the files.
    package init(
        _ pairs: PairReader, development: PairReader?, heldOut: PairReader?,
        among documents: some DocumentSource, shares: Shares = Shares(), seed: UInt64
    ) throws {
        var table = QuestionTable(try DocumentLookup(documents))
        try table.add(pairs, to: nil)
        if let development { try table.add(development, to: .development) }
        if let heldOut { try table.add(heldOut, to: .heldOut) }
        let split = table.split(
            development: development == nil ? shares.development : 0,
            heldOut: heldOut == nil ? shares.heldOut : 0, seed: seed)
        func part(_ part: QuestionSplit.Part) -> [RawPair] {
            table.pairs.filter { pair in
                let own = pair.question.map { split.parts[$0] } ?? .training
                return own == part && (pair.isPositive || part == .training)
            }.map(\.raw)
        }
        training = part(.training)
        self.development = part(.development)
        self.heldOut = part(.heldOut)
        let asked = split.parts.indices.filter { split.parts[$0] == .heldOut }
        seen = asked.filter { split.isSeen[$0] }.map { table.questions[$0] }
        unseen = asked.filter { !split.isSeen[$0] }.map { table.questions[$0] }
        leftOut = table.leftOut
        negatives = table.pairs.count { pair in
            !pair.isPositive && pair.question.map { split.parts[$0] == .training } ?? true
        }
    }

    /// How many questions a part has.
    package static func questions(_ pairs: [RawPair]) -> Int {
        Set(pairs.map { Array($0.query.utf8) }).count
    }
}

/// Pairs with the entries that they stand for.
private struct QuestionTable {
    struct Pair {
        let raw: RawPair
        /// Of a query that some document answers; nil for one that only labelled negatives have.
        var question: Int?
        let isPositive: Bool
    }

    private(set) var pairs: [Pair] = []
    private(set) var leftOut = PairPartition.LeftOut()
    private(set) var texts = TextTable()
    private let lookup: DocumentLookup
    private var documents = TextTable()
    /// For each question its documents, and the part that its file decides.
    private var answers: [[Int]] = []
    private var fixed: [QuestionSplit.Part?] = []
    private var known: Set<[Int]> = []

    init(_ lookup: DocumentLookup) { self.lookup = lookup }

    var questions: [String] { texts.texts }

    mutating func add(_ reader: PairReader, to part: QuestionSplit.Part?) throws {
        let range = reader.scoreRange
        for raw in reader.rawPairs {
            guard raw.query.utf8.contains(where: { $0 > 0x20 }) else {
                leftOut.empty += 1
                continue
            }
            let isPositive = raw.isPositive(from: reader.positiveFrom, range: range)
            var raw = raw
            // A score's meaning hangs on the range of all scores, and the parts have ranges of their own.
            if raw.label == nil, raw.score != nil { raw.label = isPositive ? 1 : 0 }
            for id in raw.positiveIDs where !lookup.has(id) {
                throw RecordError(
                    path: raw.path, line: raw.line, reason: "there is no document with the id \"\(id)\"")
            }
            if isPositive { try addPositive(raw, to: part) } else { pairs.append(Pair(raw: raw, isPositive: false)) }
        }
        // Negatives go where their question is, wherever in the file that stands.
        for index in pairs.indices where !pairs[index].isPositive {
            pairs[index].question = texts.number(of: pairs[index].raw.query)
        }
    }

    private mutating func addPositive(_ raw: RawPair, to part: QuestionSplit.Part?) throws {
        var own: [Int] = []
        if raw.positiveIDs.isEmpty {
            own = raw.positives.flatMap(lookup.ids).map { documents.insert($0) }
            if own.isEmpty {
                leftOut.unmatched += 1
                return
            }
        }
        own += raw.positiveIDs.map { documents.insert($0) }
        let question = texts.insert(raw.query)
        if question == answers.count {
            answers.append([])
            fixed.append(part)
        } else if fixed[question] != part {
            throw TrainingError(
                "\(raw.path):\(raw.line)",
                "the query stands in another part of the pairs too: \"\(raw.query)\"; take it out of one")
        }
        let key = [question] + Set(own).sorted()
        guard known.insert(key).inserted else {
            leftOut.duplicates += 1
            return
        }
        answers[question] = Set(answers[question] + own).sorted()
        pairs.append(Pair(raw: raw, question: question, isPositive: true))
    }

    /// - Parameters: shares of the questions whose files do not say it.
    func split(development: Double, heldOut: Double, seed: UInt64) -> QuestionSplit {
        let open = answers.indices.filter { fixed[$0] == nil }
        let split = QuestionSplit(
            open.map { answers[$0] }, development: development, heldOut: heldOut, seed: seed)
        var parts = fixed.map { $0 ?? .training }
        for (place, question) in open.enumerated() { parts[question] = split.parts[place] }
        return QuestionSplit(answers, parts: parts)
    }
}

extension RawPair {
    /// The pair as a line of a file that `PairReader` reads, with the names it looks for first.
    package var json: JSONValue {
        var object: JSONObject = ["query": .string(query)]
        if !positiveIDs.isEmpty { object["positive_id"] = .array(positiveIDs.map { .string($0) }) }
        if !positives.isEmpty { object["positive"] = .array(positives.map { .string($0) }) }
        if !negatives.isEmpty { object["negatives"] = .array(negatives.map { .string($0) }) }
        if let label { object["label"] = .integer(Int(label)) }
        if let score { object["score"] = .number(score) }
        return .object(object)
    }
}
