internal import FoundationEssentials
internal import JSON

/// What a user has said of a search's hits.
struct FeedbackRecord: Sendable {
    let time: Date
    let index: String
    /// Of the model that found the hits; see `BiEncoder.fingerprint`.
    let fingerprint: String
    let query: String
    /// The ids of the hits shown, best first.
    let hits: [String]
    /// The id of the one that answered the question; nil when none did.
    let chosen: String?

    /// - Parameters:
    ///   - body: `query`, `hits`, and either `chosen` or `helped`, which is false.
    ///   - largestCount: the most hits.
    init(_ body: JSONObject, index: String, fingerprint: String, largestCount: Int) throws {
        try body.check(known: ["query", "hits", "chosen", "helped"])
        guard let query = try body.string("query"), query.utf8.contains(where: { $0 > 0x20 }) else {
            throw APIError.emptyText("query")
        }
        hits = try body.strings("hits") ?? []
        guard hits.count <= largestCount else {
            throw APIError.invalid("hits", "hits has \(hits.count) ids, expected \(largestCount) at most")
        }
        chosen = try body.string("chosen")
        if let chosen {
            guard hits.contains(where: { $0.utf8.elementsEqual(chosen.utf8) }) else {
                throw APIError.invalid("chosen", "chosen is \"\(chosen)\", which is not among hits")
            }
        }
        let helped = try body.bool("helped")
        guard (helped ?? (chosen != nil)) == (chosen != nil), chosen != nil || helped != nil else {
            throw APIError.invalid(
                helped == nil ? "chosen" : "helped",
                "give chosen, the id of the hit that helped, or \"helped\": false")
        }
        time = Date()
        self.index = index
        self.fingerprint = fingerprint
        self.query = query
    }

    /// A line of the file: `time`, `index`, `model`, `query`, `hits`, and `chosen` or `helped`.
    var json: JSONValue {
        var object: JSONObject = [
            "time": .string(time.ISO8601Format()), "index": .string(index),
            "model": .string(fingerprint), "query": .string(query),
            "hits": .array(hits.map(JSONValue.string)),
        ]
        if let chosen { object["chosen"] = .string(chosen) } else { object["helped"] = false }
        return .object(object)
    }
}
