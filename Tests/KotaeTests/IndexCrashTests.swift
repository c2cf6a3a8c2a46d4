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

    /// Makes random changes, and writes the files that they need. Every second one of many documents is
    /// followed by a folding.
    private struct Changes {
        let place: Workplace
        var random: SplitMix64
        var version = 0

        private mutating func documents(_ count: Int, of all: Int = 40) -> [String: String] {
            version += 1
            let ids = (0..<all).shuffled(using: &random).prefix(count)
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
            switch Int.random(in: 0..<7, using: &random) {
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
                let documents = documents(150, of: 160)
                try write(documents)
                return Change(
                    name: "add and fold", arguments: ["add", "faq", "--corpus", "new.jsonl", "-q"],
                    after: before.merging(documents) { $1 })
            case 5:
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

    @Test func `killed while it adds each document by itself, it has kept all that it acknowledged`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            var random = SplitMix64(seed: 9)
            var seconds = 2.0
            for version in 0..<20 {
                let before = try questions(place)
                let documents = (0..<400).map { (id: "doc-\($0)", question: "order \($0) in version \(version)") }
                let input = documents.map { #"{"id":"\#($0.id)","question":"\#($0.question)"}"# + "\n" }.joined()
                let start = ContinuousClock.now
                let outcome = try place.run(
                    ["index", "add", "faq", "--corpus", "-", "--each", "-q"], input: input,
                    killedAfter: version == 0 ? nil : Double.random(in: 0...seconds, using: &random))
                if version == 0 { seconds = (ContinuousClock.now - start) / .seconds(1) }
                #expect([0, 137].contains(outcome.status), "\(outcome.error)")
                // The last line may be cut off.
                let acknowledged = outcome.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
                #expect(version > 0 || acknowledged == documents.count)
                func state(_ count: Int) -> [String: String] {
                    before.merging(documents.prefix(count).map { ($0.id, $0.question) }) { $1 }
                }
                // One more may have been committed than was told.
                try check(place, holds: [state(acknowledged), state(acknowledged + 1)], "version \(version)")
            }
        }
    }

    /// Makes changes until 20 of them have failed, each with less or more room.
    ///
    /// - Parameter run: runs a command with some bytes of room.
    private func fillDisk(_ place: Workplace, seed: UInt64, run: ([String], Int) throws -> Workplace.Outcome) throws {
        var state = try questions(place)
        var changes = Changes(place: place, random: SplitMix64(seed: seed))
        var failures = 0
        var size = 2_000
        while failures < 20 {
            let change = try changes.next(from: state)
            // From what no file fits in to what nearly every change fits in.
            size = size > 400_000 ? 2_000 : size * 3 / 2
            let outcome = try run(["index"] + change.arguments, size)
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

    @Test func `files that may not grow at any point are an error, and the index stays as it was`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try fillDisk(place, seed: 8) { try place.run($0, largestFile: $1) }
        }
    }

    @Test(.enabled(if: canMount, "mounting a file system needs the superuser's rights"))
    func `a disk that fills at any point is an error, and the index stays as it was`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let folder = place.path("faq")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            let copies = try files.map { ($0, try place.read("faq/\($0)")) }
            try #require(try succeeds(mount, "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder))
            defer { _ = try? succeeds(umount, folder) }
            for (name, bytes) in copies { try place.write("faq/\(name)", bytes) }
            try fillDisk(place, seed: 10) { arguments, room in
                var status = statvfs()
                try #require(statvfs(folder, &status) == 0)
                let used = Int(status.f_blocks - status.f_bfree) * Int(status.f_frsize)
                try #require(try succeeds(mount, "-o", "remount,size=\(used + room)", folder))
                let outcome = try place.run(arguments)
                // To look at it takes a little room too, for the readers' table.
                try #require(try succeeds(mount, "-o", "remount,size=16m", folder))
                return outcome
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
                ["add", "faq", "--corpus", "new.jsonl", "--each"], ["build", "faq", "--corpus", "new.jsonl"],
            ] {
                let calls = try place.trace(["index"] + arguments)
                // The acknowledgement is the note on standard error, or the line on standard output.
                let end = try #require(
                    calls.firstIndex { $0.hasPrefix("write(2<") || $0.hasPrefix("write(1<") }, "\(arguments)")
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

    @Test(.enabled(if: access(strace, X_OK) == 0, "strace is not installed"))
    func `a folding flushes its file and its name, then commits it, and then gives it the index's name`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write(
                "new.jsonl", (0..<300).map { #"{"id":"\#($0)","question":"order \#($0)"}"# + "\n" }.joined())
            var calls = try place.trace(["index", "add", "faq", "--corpus", "new.jsonl"])[...]
            // First of all the addition is acknowledged.
            for step in [
                ["write(2<"], ["fsync(", "/vectors.faiss.unfinished>"],
                ["rename(", "/vectors.faiss.unfinished", "/vectors.faiss.next"], ["fsync(", "/faq>"],
                ["pwrite64(", "/data.mdb>"], ["fdatasync(", "/data.mdb>"], ["pwrite64(", "/data.mdb>"],
                ["rename(", "/vectors.faiss.next", "/vectors.faiss\""], ["fsync(", "/faq>"],
            ] {
                let place = calls.firstIndex { call in step.allSatisfy { call.contains($0) } }
                calls = calls[(try #require(place, "\(step)") + 1)...]
            }
        }
    }
}

private let mount = "/usr/bin/mount"
private let umount = "/usr/bin/umount"

/// Whether this process may mount file systems.
private let canMount: Bool =
    (try? withTemporaryFolder { folder in
        guard try succeeds(mount, "-t", "tmpfs", "tmpfs", folder) else { return false }
        return try succeeds(umount, folder)
    }) ?? false

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
