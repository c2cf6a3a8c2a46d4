import ArgumentParser
import FoundationEssentials
import JSON
import Records
import VectorIndex

struct BenchIndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Times of a kind of FAISS index, over vectors of your own, or of a FAISS file.",
        discussion: """
            Example:
              kotae embed --input faq.txt --format raw -o faq.f32
              kotae embed --input queries.txt --format raw -o queries.f32
              kotae bench index --vectors faq.f32 --queries queries.f32 --dimensions 384 --kind HNSW32
              kotae bench index --file indexes/support-faq/vectors.faiss --queries queries.f32 --dimensions 384

            Prints one JSON object an effort: "effort", "build" (training and adding) and "open" (of \
            the file), both in milliseconds and once for all efforts, "bytes" (the size of the file), \
            "batch" (a search for all queries at once, the least of seven) and "single" (a search for \
            one query, the median), in milliseconds, and "recall" (the share of the nearest rows, as an \
            exact search finds them, that is found). Of a --file also \
            "memory": by how many bytes the process has grown since before it was opened, the pages of \
            mapped files left out, which the system takes back when it needs them. What cannot be told \
            is null. --output gets a \
            line a query: the rows found, the best first, counted from 0.
            """)

    @Option(help: ArgumentHelp("The vectors: float32 little-endian, one behind the other.", valueName: "file"))
    var vectors: String?

    @Option(
        help: ArgumentHelp(
            "Open this FAISS file, whoever wrote it, instead of building one; --vectors, its rows, are for the "
                + "recall only.",
            valueName: "file"))
    var file: String?

    @Option(help: ArgumentHelp("The queries, likewise.", valueName: "file"))
    var queries: String

    @Option(help: ArgumentHelp("How many numbers a vector has.", valueName: "n"))
    var dimensions: Int

    @Option(
        help: ArgumentHelp(
            "FAISS's kind of index, such as Flat, HNSW32 or IVF1024,Flat (default: Flat).", valueName: "kind"))
    var kind: String?

    @Option(help: ArgumentHelp("Use at most this many processors (default: all).", valueName: "n"))
    var threads: Int?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "How many rows of an HNSW index to follow, or lists of an IVF index to search; 0 for the default; "
                + "several are tried in turn.",
            valueName: "n"))
    var effort = [0]

    @Option(help: ArgumentHelp("How many rows to find for each query.", valueName: "n"))
    var limit = 10

    @Option(name: .shortAndLong, help: ArgumentHelp("Write the rows found to this file; for one effort.", valueName: "file"))
    var output: String?

    func validate() throws {
        for (name, value, least) in [
            ("--dimensions", dimensions, 1), ("--threads", threads ?? 1, 1),
            ("--effort", effort.min() ?? 0, 0), ("--limit", limit, 1),
        ] where value < least {
            throw ValidationError("\(name) must be at least \(least), not \(value)")
        }
        guard file != nil || vectors != nil else {
            throw ValidationError("give --vectors to build an index of, or the --file of one")
        }
        guard file == nil || kind == nil else {
            throw ValidationError("--kind is what to build, and --file is built already")
        }
        guard output == nil || effort.count == 1 else {
            throw ValidationError("--output takes the rows of one effort, not of \(effort.count)")
        }
    }

    func run() throws {
        let queries = try read(self.queries)
        let vectors = try self.vectors.map(read)
        let folder = try TemporaryFolder()
        let path = file ?? "\(folder.path)/vectors.faiss"
        let build = try file == nil ? self.build(vectors ?? [], writingTo: path) : nil

        let before = ownMemory()
        var opened: FaissIndex?
        let open = try milliseconds { opened = try FaissIndex(contentsOf: path, threads: threads) }
        guard let index = opened else { return }
        try check(index, openedFrom: path, holds: vectors)
        let measured = try effort.map { effort in
            let times = try search(index, for: queries, effort: effort)
            return (effort: effort, times: times, memory: ownMemory().flatMap { now in before.map { now - $0 } })
        }
        let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        let nearest = try vectors.map { try self.index(of: $0, kind: "Flat").search(queries.span, k: limit) }
        for (effort, times, memory) in measured {
            if let output { try write(times.found, to: output) }
            print(
                [
                    "effort": .integer(effort),
                    "build": build.map { .number($0) } ?? .null, "open": .number(open),
                    "bytes": bytes.map { .integer($0) } ?? .null,
                    "memory": file == nil ? .null : memory.map { .integer($0) } ?? .null,
                    "batch": .number(times.batch), "single": .number(times.single),
                    "recall": nearest.map { .number(recall(of: times.found, nearest: $0)) } ?? .null,
                ] as JSONValue)
        }
    }

    /// - Returns: how many milliseconds training and adding took. What was built is given back, so that
    ///   only the file is left.
    private func build(_ vectors: [Float], writingTo path: String) throws -> Double {
        var built: FaissIndex?
        let time = try milliseconds { built = try index(of: vectors, kind: kind ?? "Flat") }
        try built?.write(to: path)
        return time
    }

    private func check(_ index: FaissIndex, openedFrom path: String, holds vectors: [Float]?) throws {
        guard index.dimensions == dimensions else {
            throw RecordError(path: path, reason: "its vectors are of \(index.dimensions) numbers, not of \(dimensions)")
        }
        if let vectors, vectors.count / dimensions != index.count {
            throw RecordError(
                path: path, reason: "it has \(index.count) vectors, and --vectors has \(vectors.count / dimensions)")
        }
    }

    private func search(
        _ index: FaissIndex, for queries: [Float], effort: Int
    ) throws -> (found: [[Neighbour]], batch: Double, single: Double) {
        let efforts = effort == 0 ? SearchEffort() : SearchEffort(efSearch: effort, nprobe: effort)
        var found: [[Neighbour]] = []
        var batches: [Double] = []
        for _ in 0..<Self.batchRounds {
            batches.append(
                try milliseconds { found = try index.search(queries.span, k: limit, effort: efforts) })
        }
        var singles: [Double] = []
        for _ in 0..<Self.singleRounds {
            for row in 0..<min(queries.count / dimensions, Self.singleQueries) {
                let query = queries.span.extracting(row * dimensions..<(row + 1) * dimensions)
                singles.append(
                    try milliseconds { _ = try index.search(query, k: limit, effort: efforts) })
            }
        }
        return (found, Durations(batches).least, Durations(singles).median)
    }

    /// The share of the nearest rows that was found, over all queries.
    private func recall(of found: [[Neighbour]], nearest: [[Neighbour]]) -> Double {
        let hits = zip(found, nearest).map { found, nearest in
            Set(found.map(\.row)).intersection(nearest.map(\.row)).count
        }
        return Double(hits.reduce(0, +)) / Double(nearest.map(\.count).reduce(0, +))
    }

    private func write(_ found: [[Neighbour]], to path: String) throws {
        let lines = found.map { $0.map { "\($0.row)" }.joined(separator: " ") + "\n" }
        let file = try OutputFile(path: path)
        try file.write(Array(lines.joined().utf8))
        try file.finish()
    }

    private static let batchRounds = 7
    private static let singleRounds = 3
    private static let singleQueries = 200

    private func index(of vectors: [Float], kind: String) throws -> FaissIndex {
        let count = vectors.count / dimensions
        var builder = try FaissIndexBuilder(
            dimensions: dimensions, factory: kind, capacity: count, threads: threads)
        if let training = builder.training {
            guard count >= training.lowerBound else {
                throw RecordError(
                    path: self.vectors ?? "",
                    reason: "\(kind) needs at least \(training.lowerBound) vectors to learn from, and there are \(count)")
            }
            let sample = min(count, training.upperBound)
            try builder.train(vectors.span.extracting(0..<sample * dimensions))
        }
        try builder.add(vectors.span)
        return builder.finish(threads: threads)
    }

    private func read(_ path: String) throws -> [Float] {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw RecordError(path: path, reason: "there is no such file, or it cannot be read")
        }
        let size = dimensions * MemoryLayout<Float>.stride
        guard !data.isEmpty, data.count.isMultiple(of: size) else {
            throw RecordError(
                path: path, reason: "\(data.count) bytes are not vectors of \(dimensions) float32")
        }
        return [Float](unsafeUninitializedCapacity: data.count / MemoryLayout<Float>.stride) { numbers, count in
            // The buffer has as many bytes as the data.
            count = data.copyBytes(to: numbers) / MemoryLayout<Float>.stride
        }
    }
}
