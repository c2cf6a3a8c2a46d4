internal import Crypto
internal import JSON

/// What must be the same for an interrupted training to go on: by name, so that a refusal can say
/// what differs.
enum TrainingIdentity {
    static func json(
        model: String, settings: TrainingSettings, precision: String, threads: Int,
        maximumLength: Int, training: PairSet, development: PairSet?, unlabelled: [String]
    ) -> JSONValue {
        [
            "model": .string(model),
            "settings": .string("\(settings)"),
            "precision": .string(precision),
            "threads": .integer(threads),
            "maximum length": .integer(maximumLength),
            "training pairs": .string(digest(training)),
            "development pairs": development.map { .string(digest($0)) } ?? .null,
            "unlabelled texts": .string(digest(unlabelled)),
        ]
    }

    /// The names of what two identities differ in.
    static func differences(_ a: JSONValue, _ b: JSONValue) -> [String] {
        let names = (a.object?.keys ?? []) + (b.object?.keys.filter { a[$0] == nil } ?? [])
        return names.filter { a[$0] != b[$0] }
    }

    private static func digest(_ set: PairSet) -> String {
        var hasher = SHA256()
        for pair in set.pairs {
            let texts = [set.queries[pair.query], set.passages[pair.passage]]
                + pair.negatives.map { set.passages[$0] }
            hasher.update(data: Array("\(texts) \(pair.label) \(pair.score)\n".utf8))
        }
        for texts in set.documents {
            hasher.update(data: Array("\(texts.map { set.passages[$0] })\n".utf8))
        }
        return hexadecimal(hasher.finalize())
    }

    private static func digest(_ texts: [String]) -> String {
        var hasher = SHA256()
        for text in texts { hasher.update(data: Array("\([text])\n".utf8)) }
        return hexadecimal(hasher.finalize())
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
