import FoundationEssentials
import TestSupport
import Testing
import VectorIndex

/// The best rows that FAISS's own package has found in a fixture, a list a query.
private func expectedNeighbours(_ name: String) throws -> [[Neighbour]] {
    let text = try String(contentsOfFile: fixture("faiss/kinds/\(name).txt"), encoding: .utf8)
    return try text.split(separator: "\n").map { line in
        try line.split(separator: " ").map { pair in
            let parts = pair.split(separator: ":")
            return Neighbour(
                row: try #require(Int(parts[0])), score: try #require(Float(parts[1])))
        }
    }
}

private func fixtureQueries() throws -> [Float] {
    let text = try String(contentsOfFile: fixture("faiss/kinds/queries.txt"), encoding: .utf8)
    return try text.split { " \n".contains($0) }.map { try #require(Float($0)) }
}

@Suite struct `FAISS kinds` {
    static let written = [
        "hnsw", "hnsw-sq8", "sq8", "sq6", "sq4", "sqfp16", "pq", "ivf-flat", "ivf-sq8", "ivf-pq",
        "ivf-hnsw-flat", "opq-ivf-pq", "pca-flat", "rr-sq8", "l2norm-flat",
    ]
    static let made = [
        "Flat", "HNSW8", "HNSW8,Flat", "HNSW8,SQ8", "SQ8", "SQ6", "SQ4", "SQfp16", "PQ4x4", "PQ4x4np", "PQ2",
        "IVF8,Flat", "IVF8,SQ8", "IVF8,PQ4x4", "IVF8_HNSW4,Flat", "L2norm,Flat", "RR,SQ8",
        "PCA16,IVF8,Flat", "OPQ4,IVF8,PQ4x4",
    ]
    static let dimensions = 16
    static let thorough = SearchEffort(efSearch: 1000, nprobe: 1000)

    @Test(arguments: written)
    func `are searched as FAISS's own package does`(name: String) throws {
        let index = try FaissIndex(contentsOf: fixture("faiss/kinds/\(name).faiss"))
        #expect(index.generation == 0)
        let queries = try fixtureQueries()
        let found = try index.search(queries.span, k: 10, effort: Self.thorough)
        for (found, expected) in zip(found, try expectedNeighbours(name)) {
            #expect(found.count == 10)
            for (mine, theirs) in zip(found, expected) {
                #expect(abs(mine.score - theirs.score) < 1e-5)
            }
            // Codes give some rows equal scores, which FAISS orders in another way.
            #expect(Set(found.prefix(9).map(\.row)).isSubset(of: expected.map(\.row)))
        }
    }

    @Test(arguments: written)
    func `are written as FAISS's own package does`(name: String) throws {
        let path = fixture("faiss/kinds/\(name).faiss")
        try withTemporaryFolder { folder in
            let copy = "\(folder)/copy.faiss"
            try FaissIndex(contentsOf: path).write(to: copy, generation: 9)
            let original = Array(try Data(contentsOf: URL(filePath: path)))
            let written = Array(try Data(contentsOf: URL(filePath: copy)))
            #expect(written == withTrailer(original, generation: 9))
        }
    }

    @Test(arguments: made)
    func `find the nearest rows, the same before and after writing`(kind: String) throws {
        let vectors = unitVectors(rows: 600, dimensions: Self.dimensions, seed: 1)
        let queries = unitVectors(rows: 30, dimensions: Self.dimensions, seed: 2)
        let index = try makeIndex(vectors, dimensions: Self.dimensions, kind: kind)
        let found = try index.search(queries.span, k: 10, effort: Self.thorough)
        let expected = naiveSearch(vectors, queries, dimensions: Self.dimensions, k: 10)
        let hits = zip(found, expected).map { found, expected in
            Set(found.map(\.row)).intersection(expected.map(\.row)).count
        }.reduce(0, +)
        // Codes of 4 bits a number, and of 1 bit a number, are coarse.
        let share = kind.contains("PQ") ? 0.35 : kind.contains("SQ4") ? 0.7 : 0.93
        #expect(Double(hits) >= share * 300, "\(hits) of 300")
        try withTemporaryFolder { folder in
            let path = "\(folder)/index.faiss"
            try index.write(to: path, generation: 3)
            let read = try FaissIndex(contentsOf: path)
            #expect(read.generation == 3)
            #expect(read.count == 600)
            #expect(try read.search(queries.span, k: 10, effort: Self.thorough) == found)
        }
    }

    @Test(arguments: made)
    func `answer a query in a batch as alone, on any number of threads`(kind: String) throws {
        let vectors = unitVectors(rows: 500, dimensions: Self.dimensions, seed: 3)
        let queries = unitVectors(rows: 40, dimensions: Self.dimensions, seed: 4)
        try withTemporaryFolder { folder in
            let path = "\(folder)/index.faiss"
            try makeIndex(vectors, dimensions: Self.dimensions, kind: kind).write(to: path)
            let one = try FaissIndex(contentsOf: path, threads: 1)
            let three = try FaissIndex(contentsOf: path, threads: 3)
            let batch = try three.search(queries.span, k: 7)
            #expect(try one.search(queries.span, k: 7) == batch)
            for query in 0..<40 {
                let range = query * Self.dimensions..<(query + 1) * Self.dimensions
                let alone = try three.search(queries.span.extracting(range), k: 7)
                #expect(alone == [batch[query]])
            }
        }
    }

    @Test(arguments: made)
    func `take more rows after being read`(kind: String) throws {
        let vectors = unitVectors(rows: 600, dimensions: Self.dimensions, seed: 5)
        try withTemporaryFolder { folder in
            let path = "\(folder)/index.faiss"
            let half = vectors.span.extracting(0..<300 * Self.dimensions)
            let rest = vectors.span.extracting(300 * Self.dimensions..<600 * Self.dimensions)
            var first = try FaissIndexBuilder(dimensions: Self.dimensions, factory: kind)
            if first.training != nil { try first.train(half) }
            try first.add(half)
            try first.finish().write(to: path)
            var second = try FaissIndexBuilder(extending: path)
            #expect(second.dimensions == Self.dimensions)
            #expect(second.count == 300)
            try second.add(rest)
            let index = second.finish()
            #expect(index.count == 600)
            #expect(try FaissIndex(contentsOf: path).count == 300)
            // The nearest to a row is that row, as far as codes can tell.
            let found = try index.search(vectors.span, k: 5, effort: Self.thorough)
            let itself = found.enumerated().filter { row, best in
                best.contains { $0.row == row }
            }.count
            #expect(itself >= (kind.contains("PQ") ? 350 : 590), "\(itself) of 600")
        }
    }

    @Test(
        arguments: [
            ("HNSW64000", "has 64000 neighbours: there can be 4 to 512"),
            ("HNSW32,PQ4", nil),
            ("IVF12(Index9),Flat", nil),
            ("IVF99999999999,Flat", "has 99999999999 lists: there can be 1 to 16777216"),
            ("IVF8", nil), ("", nil), (",", nil), ("Flat,", nil), ("flat", nil), ("IDMap,Flat", nil),
            ("PQ5", "needs a number of dimensions that 5 divides, which 16 is not"),
            ("OPQ4_6,PQ3", "needs a number of dimensions that 4 divides, which 6 is not"),
            ("PQ4x20", "has 20 bits a part: there can be 1 to 12"),
            ("PCA17,Flat", "has 17 principal components: there can be 1 to 16"),
        ] as [(String, String?)])
    func `that there are not are refused with those that there are`(
        kind: String, why: String?
    ) {
        let error = #expect(throws: FaissError.self) {
            _ = try FaissIndexBuilder(dimensions: Self.dimensions, factory: kind)
        }
        #expect(error?.code == .invalidArgument)
        if let why {
            #expect(error?.message == "the kind of index '\(kind)' \(why)")
        } else {
            #expect(
                error?.message.hasPrefix(
                    "the kind of index '\(kind)' is unknown; there are 'Flat', 'SQ8'") == true)
        }
    }

    @Test(
        arguments: [
            ("Flat", nil), ("HNSW32", nil), ("SQfp16", nil), ("SQ8", 1...65536), ("IVF20,Flat", 20...5120),
            ("PQ4x4", 16...4096), ("IVF20,PQ4", 256...65536), ("OPQ4,Flat", 256...65536),
        ] as [(String, ClosedRange<Int>?)])
    func `say how many vectors training takes`(kind: String, training: ClosedRange<Int>?) throws {
        let builder = try FaissIndexBuilder(dimensions: Self.dimensions, factory: kind)
        #expect(builder.training == training)
    }

    @Test func `are not trained with too few vectors, and not filled untrained`() throws {
        var builder = try FaissIndexBuilder(dimensions: Self.dimensions, factory: "IVF20,Flat")
        let vectors = unitVectors(rows: 19, dimensions: Self.dimensions, seed: 6)
        do throws(FaissError) {
            try builder.train(vectors.span)
            Issue.record("nothing was thrown")
        } catch {
            #expect(
                error.description
                    == "FAISS train: training takes at least 20 vectors, and there are 19")
        }
        do throws(FaissError) {
            try builder.add(vectors.span)
            Issue.record("nothing was thrown")
        } catch {
            #expect(
                error.description
                    == "FAISS add: this kind of index must be trained before rows are added, with at least 20 vectors"
            )
        }
        #expect(builder.count == 0)
    }

    @Test(arguments: ["HNSW8", "IVF8,Flat", "SQ8", "PQ4x4"])
    func `without rows find nothing`(kind: String) throws {
        let vectors = unitVectors(rows: 100, dimensions: Self.dimensions, seed: 7)
        var builder = try FaissIndexBuilder(dimensions: Self.dimensions, factory: kind)
        if builder.training != nil { try builder.train(vectors.span) }
        let index = builder.finish()
        try withTemporaryFolder { folder in
            let path = "\(folder)/index.faiss"
            try index.write(to: path)
            let query = vectors.span.extracting(0..<Self.dimensions)
            #expect(try index.search(query, k: 3) == [[]])
            #expect(try FaissIndex(contentsOf: path).search(query, k: 3) == [[]])
        }
    }
}
