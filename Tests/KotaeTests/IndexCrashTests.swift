import EmbeddingStore
import FoundationEssentials
import Glibc
import JSON
import SemanticSearch
import TestSupport
import Testing

/// What is left of an index when a command that writes to it does not come to its end.
@Suite struct IndexCrashTests {
    /// One command that changes an index, and what the index holds afterwards: questions by id.
    private struct Change {
        let name: String
        let arguments: [String]
        let after: [String: String]
    }

    /// Makes random changes, and writes the files that they need.
    private struct Changes {
        let place: Workplace
        var random: SplitMix64
        var version = 0

        private mutating func documents(_ count: Int) -> [String: String] {
            version += 1
            let ids = (0..<40).shuffled(using: &random).prefix(count)
            return Dictionary(
                uniqueKeysWithValues: ids.map { ("doc-\($0)", "order \($0) in version \(version)") })
        }

        private func write(_ documents: [String: String]) throws {
            try place.write(
                "new.jsonl",
                documents.map { #"{"id":"\#($0.key)","question":"\#($0.value)","alternates":["also \#($0.value)"]}"# }
                    .joined(separator: "\n") + "\n")
        }

        mutating func next(from before: [String: String]) throws -> Change {
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let documents = documents(30)
                try write(documents)
                return Change(
                    name: "build", arguments: ["build", "faq", "--corpus", "new.jsonl", "-q"],
                    after: documents)
            case 1, 2:
                let documents = documents(4)
                try write(documents)
                return Change(
                    name: "add", arguments: ["add", "faq", "--corpus", "new.jsonl", "-q"],
                    after: before.merging(documents) { $1 })
            case 3 where before.count > 3:
                let ids = before.keys.sorted().shuffled(using: &random).prefix(2)
                return Change(
                    name: "remove", arguments: ["remove", "faq", "-q"] + ids,
                    after: before.filter { !ids.contains($0.key) })
            case 4:
                return Change(name: "repair", arguments: ["verify", "faq", "--repair", "-q"], after: before)
            default:
                let kind = Bool.random(using: &random) ? "Flat" : "HNSW8"
                return Change(
                    name: "compact", arguments: ["compact", "faq", "--factory", kind, "-q"], after: before)
            }
        }
    }

    private func questions(_ place: Workplace) throws -> [String: String] {
        var found: [String: String] = [:]
        try SearchIndex(opening: place.path("faq")).forEachDocument { found[$0.id] = $0.question }
        return found
    }

    /// The index opens, is whole, answers, and holds one of two states.
    private func check(_ place: Workplace, holds states: [[String: String]], _ comment: Comment) throws {
        let found = try questions(place)
        #expect(states.contains(found), comment)
        let index = try SearchIndex(opening: place.path("faq"))
        let verification = try index.verify()
        #expect(verification.problems == [], comment)
        if let (id, question) = found.first {
            let words = try index.search(words: question, options: SearchOptions(limit: 1000))
            #expect(words.contains { $0.document.id == id }, comment)
        }
    }

    @Test func `killed at any of 200 moments, a writer leaves all or nothing of its change`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            var state = try questions(place)
            var changes = Changes(place: place, random: SplitMix64(seed: 7))
            // How long each kind of change takes at most, so that every moment of it is met.
            var seconds: [String: Double] = [:]
            var kills = 0
            while kills < 200 {
                let change = try changes.next(from: state)
                let moment = Double.random(in: 0...1.1, using: &changes.random)
                let limit = seconds[change.name].map { $0 * moment }
                let start = ContinuousClock.now
                let outcome = try place.run(["index"] + change.arguments, killedAfter: limit)
                if outcome.status == 0 {
                    let took = (ContinuousClock.now - start) / .seconds(1)
                    seconds[change.name] = max(seconds[change.name] ?? 0, took)
                    try check(place, holds: [change.after], "\(change.name)")
                    state = change.after
                } else {
                    try #require(outcome.status == 137, "\(change.name): \(outcome.error)")
                    kills += 1
                    try check(place, holds: [state, change.after], "\(change.name) killed after \(limit ?? 0) s")
                    state = try questions(place)
                }
            }
        }
    }

    @Test func `a disk that fills at any point is an error, and the index stays as it was`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            var state = try questions(place)
            var changes = Changes(place: place, random: SplitMix64(seed: 8))
            var failures = 0
            var size = 2_000
            while failures < 20 {
                let change = try changes.next(from: state)
                // From what no file fits in to what nearly every change fits in.
                size = size > 400_000 ? 2_000 : size * 3 / 2
                let outcome = try place.run(["index"] + change.arguments, largestFile: size)
                if outcome.status == 0 {
                    state = change.after
                } else {
                    failures += 1
                    #expect(outcome.status == 1, "\(change.name) with \(size) bytes: \(outcome.error)")
                    #expect(outcome.error.contains("faq"), "\(change.name): \(outcome.error)")
                }
                try check(place, holds: [state], "\(change.name) with \(size) bytes")
            }
        }
    }

    private static let strace = "/usr/bin/strace"

    @Test(.enabled(if: access(strace, X_OK) == 0, "strace is not installed"))
    func `everything is flushed before a change is acknowledged`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("new.jsonl", #"{"id":"new","question":"a new order"}"# + "\n")
            for arguments in [
                ["add", "faq", "--corpus", "new.jsonl"], ["remove", "faq", "new"], ["compact", "faq"],
                ["build", "faq", "--corpus", "new.jsonl"],
            ] {
                let calls = try place.trace(["index"] + arguments)
                // The acknowledgement is the note on standard error.
                let end = try #require(calls.firstIndex { $0.hasPrefix("write(2<") }, "\(arguments)")
                var unflushed: Set<String> = []
                // LMDB writes its meta pages through a descriptor that flushes by itself.
                var flushing: Set<Substring> = []
                for call in calls[..<end] {
                    if call.hasPrefix("open"), call.contains("O_DSYNC"), let opened = call.split(separator: " ").last {
                        flushing.insert(opened)
                    }
                    guard let file = call.file, !call.hasPrefix("open"),
                        !flushing.contains(call.descriptor)
                    else { continue }
                    if call.hasPrefix("pwrite") || call.hasPrefix("write(") || call.hasPrefix("writev") {
                        unflushed.insert(file)
                    } else if call.hasPrefix("fsync") || call.hasPrefix("fdatasync") {
                        unflushed.remove(file)
                    }
                }
                #expect(unflushed.filter { $0.contains("/faq") && !$0.hasSuffix("lock.mdb") } == [], "\(arguments)")
                // The name of a new file is flushed with its folder.
                if let renamed = calls[..<end].lastIndex(where: { $0.hasPrefix("rename") }) {
                    #expect(
                        calls[renamed..<end].contains { $0.hasPrefix("fsync") && $0.file?.hasSuffix("/faq") == true },
                        "\(arguments)")
                }
                #expect(calls[..<end].contains { $0.hasPrefix("fdatasync") || $0.hasPrefix("fsync") })
            }
        }
    }
}

extension String {
    /// Number and file of a call's descriptor: `7</tmp/faq/data.mdb>`.
    fileprivate var descriptor: Substring {
        let rest = drop { $0 != "(" }.dropFirst()
        return rest[...(rest.firstIndex(of: ">") ?? rest.startIndex)]
    }

    /// The file of a call's descriptor, as strace shows it: `fsync(7</tmp/faq/data.mdb>)`.
    fileprivate var file: String? {
        guard let start = firstIndex(of: "<"), let end = self[start...].firstIndex(of: ">") else { return nil }
        return String(self[index(after: start)..<end])
    }
}
