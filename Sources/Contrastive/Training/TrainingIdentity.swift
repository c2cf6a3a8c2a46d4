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
            "settings": .object(byName(settings)),
            "precision": .string(precision),
            "threads": .integer(threads),
            "maximum length": .integer(maximumLength),
            "training pairs": .string(digest(training)),
            "development pairs": development.map { .string(digest($0)) } ?? .null,
            "unlabelled texts": .string(digest(unlabelled)),
        ]
    }

    /// What two identities differ in, by name, and both values where a person can tell them apart.
    static func differences(_ then: JSONValue, _ now: JSONValue) -> [String] {
        let names = (then.object?.keys ?? []) + (now.object?.keys.filter { then[$0] == nil } ?? [])
        return names.filter { then[$0] != now[$0] }.flatMap { name -> [String] in
            switch (then[name], now[name]) {
            case (.object?, .object?): differences(then[name] ?? .null, now[name] ?? .null)
            // As it was kept before settings had their names.
            case (_, .object?): [name]
            case let (old?, new?) where !digests.contains(name):
                ["\(name) (\(old.string ?? old.description) then, \(new.string ?? new.description) now)"]
            default: [name]
            }
        }
    }

    /// What is kept as a hash.
    private static let digests = ["model", "training pairs", "development pairs", "unlabelled texts"]

    /// Each setting under its name in words: "learns temperature".
    private static func byName(_ settings: TrainingSettings) -> JSONObject {
        JSONObject(Mirror(reflecting: settings).children.map { child in
            let words = (child.label ?? "").map { $0.isUppercase ? " \($0.lowercased())" : "\($0)" }.joined()
            var text = "\(child.value)"
            if text.hasPrefix("Optional("), text.hasSuffix(")") { text = String(text.dropFirst(9).dropLast()) }
            return (words, .string(text))
        })
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
