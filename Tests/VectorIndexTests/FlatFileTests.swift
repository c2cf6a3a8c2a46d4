import FoundationEssentials
import TestSupport
import Testing
import VectorIndex

@Suite struct `Flat index files` {
    @Test(arguments: [0, 1, 9, 5000, 70_000])
    func `are the same written row by row as written whole`(rows: Int) throws {
        let dimensions = 33
        let vectors = unitVectors(rows: rows, dimensions: dimensions, seed: 1)
        try withTemporaryFolder { folder in
            var writer = try FlatIndexWriter(path: "\(folder)/rows.faiss", dimensions: dimensions)
            var row = 0
            while row < rows {
                let end = min(rows, row + 1 + row / 3)
                try writer.add(vectors.span.extracting(row * dimensions..<end * dimensions))
                row = end
            }
            #expect(writer.count == rows)
            try writer.finish(generation: 4)
            try makeIndex(vectors, dimensions: dimensions)
                .write(to: "\(folder)/whole.faiss", generation: 4)
            #expect(
                FileManager.default.contentsEqual(
                    atPath: "\(folder)/rows.faiss", andPath: "\(folder)/whole.faiss"))
            guard rows > 0 else { return }
            let last = vectors.span.extracting(last: dimensions)
            let found = try FaissIndex(contentsOf: "\(folder)/rows.faiss").search(last, k: 1)
            #expect(found[0].map(\.row) == [rows - 1])
        }
    }

    @Test func `are not read before they are finished`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/rows.faiss"
            do {
                var writer = try FlatIndexWriter(path: path, dimensions: 2)
                let rows = [Float](repeating: 1, count: 20000)
                try writer.add(rows.span)
            }
            #expect(throws: FaissError.self) { try FaissIndex(contentsOf: path) }
        }
    }

    @Test func `take no row that is unfit`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/rows.faiss"
            var writer = try FlatIndexWriter(path: path, dimensions: 2)
            let (good, bad): ([Float], [Float]) = ([1, 2], [1, .nan])
            try writer.add(good.span)
            do throws(FaissError) {
                try writer.add(bad.span)
                Issue.record("nothing was thrown")
            } catch {
                #expect(error.code == .invalidArgument)
            }
            try writer.finish()
            #expect(try FaissIndex(contentsOf: path).count == 1)
        }
    }

    @Test func `that cannot be written say why`() throws {
        do throws(FaissError) {
            var writer = try FlatIndexWriter(path: "/dev/full", dimensions: 4)
            let rows = [Float](repeating: 1, count: 400_000)
            try writer.add(rows.span)
            try writer.finish()
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.description == "/dev/full: cannot write: No space left on device")
        }
        for width in [0, -1, .max] {
            do throws(FaissError) {
                _ = try FlatIndexWriter(path: "/dev/null", dimensions: width)
                Issue.record("nothing was thrown")
            } catch {
                #expect(error.code == .invalidArgument)
            }
        }
    }

    @Test func `stay readable for who has them open when they are replaced`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/index.faiss"
            let query: [Float] = [1, 0]
            try makeIndex([1, 0], dimensions: 2).write(to: path)
            let old = try FaissIndex(contentsOf: path)
            try makeIndex([0, 1, 2, 0], dimensions: 2).write(to: path)
            #expect(try old.search(query.span, k: 5) == [[Neighbour(row: 0, score: 1)]])
            #expect(try FaissIndex(contentsOf: path).count == 2)
        }
    }
}

@Suite struct `Inner products` {
    @Test(arguments: [1, 3, 15, 16, 17, 31, 32, 48, 63, 384, 1000])
    func `have the bits of an index's scores`(dimensions: Int) throws {
        let vectors = unitVectors(rows: 130, dimensions: dimensions, seed: 1)
        let queries = unitVectors(rows: 9, dimensions: dimensions, seed: 2)
        for kind in ["Flat", "HNSW8"] {
            let found = try makeIndex(vectors, dimensions: dimensions, kind: kind)
                .search(queries.span, k: 130)
            for query in 0..<9 {
                let range = query * dimensions..<(query + 1) * dimensions
                let scores = try InnerProducts.of(
                    queries.span.extracting(range), with: vectors.span)
                #expect(scores.count == 130)
                #expect(found[query].allSatisfy { scores[$0.row] == $0.score })
            }
        }
    }

    @Test func `are computed for whole rows only`() throws {
        let (none, two, three): ([Float], [Float], [Float]) = ([], [1, 2], [1, 2, 3])
        #expect(try InnerProducts.of(two.span, with: none.span) == [])
        #expect(try InnerProducts.of(two.span, with: two.span) == [5])
        #expect(throws: FaissError.self) { try InnerProducts.of(two.span, with: three.span) }
        #expect(throws: FaissError.self) { try InnerProducts.of(none.span, with: two.span) }
    }
}
