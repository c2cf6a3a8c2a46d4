internal import JSON
package import Records

/// What users of a service have said of what it found, model by model.
package struct Feedback: Sendable {
    /// The opinions on one model's hits.
    package struct OfModel: Sendable {
        /// See `BiEncoder.fingerprint`.
        package let model: String
        /// The first and the last opinion's time, as they are written.
        package fileprivate(set) var from: String
        package fileprivate(set) var to: String
        package fileprivate(set) var opinions = 0
        /// How often a hit helped.
        package fileprivate(set) var resolved = 0
        /// How often it was the first one.
        package fileprivate(set) var resolvedByFirst = 0
        /// Of all opinions: 1 divided by the place of the hit that helped, 0 where none did.
        package fileprivate(set) var reciprocalRanks = 0.0

        package var share: Proportion { Proportion(resolved, of: opinions) }
        package var meanReciprocalRank: Double { reciprocalRanks / Double(opinions) }
    }

    /// In the order in which the models answered.
    package private(set) var models: [OfModel] = []

    /// - Parameter paths: JSON Lines as `kotae serve --feedback` writes them: `time`, `model`, `query`,
    ///   `hits`, and `chosen` or `helped`.
    /// - Throws: `RecordError` with the line of what is no opinion, and for files without any.
    package init(contentsOf paths: [String]) throws(RecordError) {
        for path in paths {
            var records = try RecordReader(path: path, format: .jsonl)
            while let record = try records.next() { try add(record, path) }
        }
        guard !models.isEmpty else {
            throw RecordError(path: paths.first ?? "", reason: "there are no opinions in this file")
        }
        models.sort { $0.from < $1.from }
    }

    private mutating func add(_ record: Record, _ path: String) throws(RecordError) {
        func refuse(_ reason: String) -> RecordError { RecordError(path: path, line: record.line, reason: reason) }
        let fields = record.fields
        guard let model = fields["model"]?.string, let time = fields["time"]?.string,
            let hits = fields["hits"]?.array?.map(\.string)
        else { throw refuse("expected an opinion with \"time\", \"model\" and \"hits\", as kotae serve --feedback writes them") }
        let chosen = fields["chosen"]?.string
        guard chosen != nil || fields["helped"]?.bool == false else {
            throw refuse("expected \"chosen\", the id of the hit that helped, or \"helped\": false")
        }
        let place = chosen.map { id in hits.firstIndex { $0?.utf8.elementsEqual(id.utf8) ?? false } }
        if let place, place == nil { throw refuse("\"chosen\" is not among \"hits\"") }
        var index = models.firstIndex { $0.model == model }
        if index == nil {
            models.append(OfModel(model: model, from: time, to: time))
            index = models.count - 1
        }
        guard let index else { return }
        models[index].opinions += 1
        models[index].from = min(models[index].from, time)
        models[index].to = max(models[index].to, time)
        guard let rank = place.flatMap({ $0 }).map({ $0 + 1 }) else { return }
        models[index].resolved += 1
        if rank == 1 { models[index].resolvedByFirst += 1 }
        models[index].reciprocalRanks += 1 / Double(rank)
    }
}
