import Contrastive
import Files
import JSON
import Pilot
import SemanticSearch

/// A pilot's corpus and pairs, read and in their parts.
struct PilotData {
    let documents: [Document]
    let partition: PairPartition

    /// How many questions each part needs at least.
    private static let least = 10

    /// - Parameters:
    ///   - pairs: all of them, or those that the other two have not.
    ///   - development: nil to take it from the pairs, as `heldOut`.
    /// - Throws: `RecordError` and `TrainingError` for what is wrong, also for too few questions.
    init(
        corpus: CorpusFiles, pairs: PairReader, development: PairReader?, heldOut: PairReader?, seed: UInt64,
        named name: String
    ) throws {
        var documents: [Document] = []
        try corpus.forEach { documents.append($0) }
        self.documents = documents
        partition = try PairPartition(
            pairs, development: development, heldOut: heldOut, among: documents, seed: seed)
        let shares = PairPartition.Shares()
        func check(_ part: [RawPair], _ what: String, _ share: Double?, _ least: Int = Self.least) throws {
            let count = PairPartition.questions(part)
            guard count < least else { return }
            let needed = share.map { Int((Double(least) / $0).rounded(.up)) }
            throw TrainingError(
                name,
                "\(count) \(count == 1 ? "question" : "questions") with an entry of the corpus \(what), and at least \(least) are needed"
                    + (needed.map { "; some \($0) questions in all would do" } ?? ""))
        }
        try check(partition.heldOut, "are held out for the figures", heldOut == nil ? shares.heldOut : nil)
        try check(partition.development, "are there to choose by", development == nil ? shares.development : nil)
        try check(partition.training, "are left to learn from", nil)
    }

    /// Writes the files that every further step reads.
    func write(to folder: PilotFolder) throws {
        try DurableFile.write(documents.map { "\($0.record)\n" }.joined(), to: folder.corpus)
        for (pairs, path) in [
            (partition.training, folder.pairs("training")), (partition.development, folder.development),
            (partition.heldOut, folder.heldOut),
        ] {
            try DurableFile.write(pairs.map { "\($0.json)\n" }.joined(), to: path)
        }
    }

    var summary: PilotReport.DataSummary {
        let positives = partition.training.count - partition.negatives
        let leftOut: [(reason: PilotReport.DataSummary.Reason, count: Int)] = [
            (.duplicate, partition.leftOut.duplicates), (.unmatched, partition.leftOut.unmatched),
            (.empty, partition.leftOut.empty), (.negative, partition.negatives),
        ]
        return PilotReport.DataSummary(
            entries: documents.count,
            pairs: positives + partition.development.count + partition.heldOut.count, training: positives,
            development: partition.development.count, heldOut: partition.heldOut.count,
            leftOut: leftOut.filter { $0.count > 0 })
    }

    /// What a person should know of the data before anything starts.
    var notes: [String] {
        let summary = summary
        var notes = [
            "\(grouped(summary.entries)) entries, \(grouped(summary.pairs)) pairs: "
                + "\(grouped(summary.training)) to learn from, \(grouped(summary.development)) to choose by, "
                + "\(grouped(summary.heldOut)) held out for the figures",
            "of \(grouped(partition.seen.count + partition.unseen.count)) held-out questions "
                + "\(grouped(partition.seen.count)) ask for entries that others of the training ask for, "
                + "\(grouped(partition.unseen.count)) for entries of which nothing is learned",
        ]
        for (reason, count) in summary.leftOut {
            let number = grouped(count)
            switch reason {
            case .duplicate: notes.append("\(number) pairs stand there twice and are left out")
            case .unmatched: notes.append("\(number) pairs give an answer that is no entry's text and are left out")
            case .empty: notes.append("\(number) pairs have no question and are left out")
            case .negative: notes.append("\(number) labelled negatives are learned from besides")
            }
        }
        return notes
    }
}

extension Document {
    /// The document as a line of a corpus: its fields beside id, question, alternates and answer.
    fileprivate var record: JSONValue {
        var object: JSONObject = ["id": .string(id), "question": .string(question)]
        if !alternates.isEmpty { object["alternates"] = .array(alternates.map { .string($0) }) }
        if let answer { object["answer"] = .string(answer) }
        for (name, value) in fields.members where object[name] == nil { object[name] = value }
        return .object(object)
    }
}
