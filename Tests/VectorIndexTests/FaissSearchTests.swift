import Testing
import VectorIndex

@Suite struct `FAISS search` {
    @Test(arguments: [1, 2, 7, 19, 20, 33], [1, 3, 10, 100, 257, 1000])
    func `finds what a naive search finds, in the same order`(queryCount: Int, k: Int) throws {
        for (count, dimensions) in [(1, 1), (2, 3), (17, 16), (257, 5), (1031, 31), (400, 64)] {
            let vectors = wholeNumbers(rows: count, dimensions: dimensions, seed: 1)
            let queries = wholeNumbers(rows: queryCount, dimensions: dimensions, seed: 2)
            let index = try makeIndex(vectors, dimensions: dimensions)
            let found = try index.search(queries.span, k: k)
            let expected = naiveSearch(vectors, queries, dimensions: dimensions, k: k)
            #expect(found.map { $0.map(\.row) } == expected.map { $0.map(\.row) })
            #expect(found.map { $0.map { Double($0.score) } } == expected.map { $0.map(\.score) })
        }
    }

    @Test(arguments: [1, 7, 384, 1023])
    func `scores as a naive search does, within rounding`(dimensions: Int) throws {
        let vectors = unitVectors(rows: 301, dimensions: dimensions, seed: 3)
        let queries = unitVectors(rows: 21, dimensions: dimensions, seed: 4)
        let index = try makeIndex(vectors, dimensions: dimensions)
        let found = try index.search(queries.span, k: 13)
        let expected = naiveSearch(vectors, queries, dimensions: dimensions, k: 13)
        // Half the rounding bound for unit vectors: dimensions × 2^-24.
        let tolerance = Double(dimensions) * 0x1p-24
        for (found, expected) in zip(found, expected) {
            #expect(found.count == 13)
            for (neighbour, best) in zip(found, expected) {
                #expect(abs(Double(neighbour.score) - best.score) <= tolerance)
            }
        }
    }

    @Test(arguments: [1, 5, 64, 250])
    func `answers a query in a batch as it does alone, to the last bit`(k: Int) throws {
        let dimensions = 67
        // Every vector thrice, so that the edge of a result often cuts through equal scores.
        let distinct = unitVectors(rows: 300, dimensions: dimensions, seed: 5)
        let vectors = distinct + distinct + distinct
        let queries = unitVectors(rows: 90, dimensions: dimensions, seed: 6)
        let index = try makeIndex(vectors, dimensions: dimensions)
        let batch = try index.search(queries.span, k: k)
        for (query, inBatch) in batch.enumerated() {
            let range = query * dimensions..<(query + 1) * dimensions
            #expect(try index.search(queries.span.extracting(range), k: k) == [inBatch])
        }
        let single = try makeIndex(vectors, dimensions: dimensions, threads: 1)
        #expect(try single.search(queries.span, k: k) == batch)
    }

    @Test(arguments: [1, 20])
    func `puts lower rows first among equals, however many there are`(queryCount: Int) throws {
        let dimensions = 33
        let row = unitVectors(rows: 1, dimensions: dimensions, seed: 7)
        let vectors = Array(repeatElement(row, count: 1500).joined())
        let queries = unitVectors(rows: queryCount, dimensions: dimensions, seed: 8)
        let index = try makeIndex(vectors, dimensions: dimensions)
        for k in [1, 10, 120, 1499, 1500] {
            for neighbours in try index.search(queries.span, k: k) {
                #expect(neighbours.map(\.row) == Array(0..<k))
            }
        }
    }

    @Test func `answers every query of more than fit in one batch`() throws {
        let vectors = wholeNumbers(rows: 40, dimensions: 3, seed: 9)
        let queries = wholeNumbers(rows: 9001, dimensions: 3, seed: 10)
        let found = try makeIndex(vectors, dimensions: 3).search(queries.span, k: 2)
        let expected = naiveSearch(vectors, queries, dimensions: 3, k: 2)
        #expect(found.map { $0.map(\.row) } == expected.map { $0.map(\.row) })
    }

    @Test func `gives every row and no padding when k is larger`() throws {
        let index = try makeIndex([1, 0, 0, 1, 2, 2], dimensions: 2)
        let all = [
            Neighbour(row: 2, score: 2), Neighbour(row: 0, score: 1), Neighbour(row: 1, score: 0),
        ]
        let query: [Float] = [1, 0]
        #expect(try index.search(query.span, k: 4) == [all])
        #expect(try index.search(query.span, k: .max) == [all])
    }

    @Test func `gives empty lists for k = 0 and from an empty index`() throws {
        let queries: [Float] = [1, 0, 0, 1]
        #expect(try makeIndex([1, 0], dimensions: 2).search(queries.span, k: 0) == [[], []])
        let empty = try makeIndex([], dimensions: 2)
        #expect(empty.count == 0)
        #expect(try empty.search(queries.span, k: 3) == [[], []])
    }

    @Test func `gives no list for no query`() throws {
        let none: [Float] = []
        #expect(try makeIndex([1, 0], dimensions: 2).search(none.span, k: 3) == [])
    }

    @Test(
        arguments: [
            ([.nan, 0], 1, "row 0 has numbers that are not finite or too large"),
            ([0, 0, 0, -.infinity], 1, "row 1 has numbers that are not finite or too large"),
            ([0, 1e30], 1, "row 0 has numbers that are not finite or too large"),
            ([0, 0, 0], 1, "3 numbers are not rows of 2"),
            ([0, 0], -1, "k is -1 and must not be negative"),
        ] as [([Float], Int, String)])
    func `refuses queries that it cannot answer`(queries: [Float], k: Int, message: String) throws {
        let index = try makeIndex([1, 0], dimensions: 2)
        let error = #expect(throws: FaissError.self) { try index.search(queries.span, k: k) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.description == "FAISS search: \(message)")
    }

    @Test func `agrees with itself on many threads at once`() async throws {
        let vectors = unitVectors(rows: 2000, dimensions: 48, seed: 11)
        let queries = unitVectors(rows: 25, dimensions: 48, seed: 12)
        let index = try makeIndex(vectors, dimensions: 48, threads: 2)
        let expected = try index.search(queries.span, k: 10)
        try await withThrowingTaskGroup(of: [[Neighbour]].self) { group in
            for _ in 0..<16 {
                group.addTask {
                    var last: [[Neighbour]] = []
                    for _ in 0..<10 {
                        last = try index.search(queries.span, k: 10)
                        #expect(last == expected)
                    }
                    return last
                }
            }
            for try await found in group {
                #expect(found == expected)
            }
        }
    }
}

@Suite struct `FAISS index builder` {
    @Test func `numbers rows in the order in which they are added`() throws {
        var builder = try FaissIndexBuilder(dimensions: 2, capacity: 4)
        let (two, none, one): ([Float], [Float], [Float]) = ([1, 0, 2, 0], [], [3, 0])
        try builder.add(two.span)
        #expect(builder.count == 2)
        try builder.add(none.span)
        try builder.add(one.span)
        let index = builder.finish()
        #expect(index.count == 3)
        #expect(index.dimensions == 2)
        let query: [Float] = [1, 0]
        let found = try index.search(query.span, k: 3)
        #expect(
            found == [[.init(row: 2, score: 3), .init(row: 1, score: 2), .init(row: 0, score: 1)]])
    }

    @Test(arguments: [[1, 0, .nan, 0], [.infinity, 0], [1, 2, 3], [3e19, 0]] as [[Float]])
    func `adds nothing when a row is unfit`(vectors: [Float]) throws {
        var builder = try FaissIndexBuilder(dimensions: 2)
        do throws(FaissError) {
            try builder.add(vectors.span)
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.code == .invalidArgument)
        }
        #expect(builder.count == 0)
    }

    @Test(arguments: [0, -1, Int(Int32.max), Int.max])
    func `refuses widths that no vector has`(dimensions: Int) {
        let error = #expect(throws: FaissError.self) {
            _ = try FaissIndexBuilder(dimensions: dimensions)
        }
        #expect(error?.description == "FAISS create: vectors cannot have \(dimensions) dimensions")
    }

    @Test(arguments: [(-1, FaissError.Code.invalidArgument), (1 << 60, .outOfMemory)])
    func `refuses capacities that memory has not`(capacity: Int, code: FaissError.Code) {
        let error = #expect(throws: FaissError.self) {
            _ = try FaissIndexBuilder(dimensions: 3, capacity: capacity)
        }
        #expect(error?.code == code)
    }

    @Test func `tells the release of FAISS`() {
        let parts = FaissIndex.version.split(separator: ".").map { Int($0) }
        #expect(parts.count == 3)
        #expect(parts.first == 1)
    }
}
