import ArgumentParser
import EmbeddingStore
import JSON
import SemanticSearch

struct BenchStoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "How many stored vectors a second are looked up.",
        discussion: """
            Examples:
              kotae bench store faq
              kotae bench store faq --repeat 20 --json

            In random order and one thread: every vector by its key, read where it lies with all its \
            numbers summed; and every document by its id, with the vector of its question copied. \
            The index is read once before the clock starts; the best of several rounds counts.
            """)

    @Argument(help: "The index folder.")
    var directory: String

    @Option(help: ArgumentHelp("How many rounds to take the best of.", valueName: "n"))
    var `repeat` = 5

    @Flag(help: "One JSON object.")
    var json = false

    func validate() throws {
        if `repeat` < 1 { throw ValidationError("--repeat must be at least 1, not \(`repeat`)") }
    }

    func run() throws {
        let byKey = try lookUpByKey()
        let byID = try lookUpByID()
        if json {
            return print(
                [
                    "vectors": .integer(byKey.count), "documents": .integer(byID.count),
                    "dimensions": .integer(byKey.dimensions),
                    "by_key_per_second": .number(byKey.perSecond),
                    "by_id_per_second": .number(byID.perSecond),
                    "sum": .number(byKey.sum),
                ] as JSONValue)
        }
        print(
            "\(directory): \(grouped(byKey.count)) vectors of \(byKey.dimensions) dimensions, "
                + "\(grouped(byID.count)) documents")
        for (name, rate) in [
            ("by vector key, summed", byKey.perSecond), ("by document id, copied", byID.perSecond),
        ] {
            print(padded(name, to: 24) + padded(grouped(Int(rate)), to: 12, left: true) + " /s")
        }
    }

    /// What was looked up in every round, and the rate of the best.
    private struct Lookups {
        var count = 0
        var dimensions = 0
        /// Of all numbers, as a proof that they were read.
        var sum = 0.0
        var perSecond = 0.0

        mutating func note(milliseconds: Double) {
            perSecond = max(perSecond, Double(count) / milliseconds * 1000)
        }
    }

    private func lookUpByKey() throws -> Lookups {
        let store = try EmbeddingStore(opening: directory)
        return try store.read { reader in
            var keys: [UInt64] = []
            try reader.forEachVector { key, _ in keys.append(key) }
            var random = RepeatableRandom(seed: 1)
            keys.shuffle(using: &random)
            var lookups = Lookups(count: keys.count, dimensions: store.dimensions)
            for _ in 0..<`repeat` {
                var sum = 0.0
                let start = ContinuousClock.now
                for key in keys {
                    try reader.withVector(forKey: key) { vector in
                        var own: Float = 0
                        for index in vector.indices { own += vector[index] }
                        sum += Double(own)
                    }
                }
                lookups.note(milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
                lookups.sum = sum
            }
            return lookups
        }
    }

    /// How many documents are asked for at once.
    private static let idsAtATime = 1000

    private func lookUpByID() throws -> Lookups {
        let index = try SearchIndex(opening: directory, loadsVectors: false)
        var ids: [String] = []
        try index.forEachDocument { ids.append($0.id) }
        var random = RepeatableRandom(seed: 1)
        ids.shuffle(using: &random)
        var lookups = Lookups(count: ids.count, dimensions: index.manifest.dimensions)
        var vectors: [Float] = []
        for _ in 0..<`repeat` {
            let start = ContinuousClock.now
            for first in stride(from: 0, to: ids.count, by: Self.idsAtATime) {
                vectors.removeAll(keepingCapacity: true)
                try index.appendQuestionVectors(
                    of: ids[first..<min(first + Self.idsAtATime, ids.count)], to: &vectors)
            }
            lookups.note(milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
        }
        return lookups
    }
}
