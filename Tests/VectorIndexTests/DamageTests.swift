import FoundationEssentials
import TestSupport
import Testing
import VectorIndex

@Suite struct `Damaged index files` {
    static let dimensions = 8
    static let rows = 60
    static let generation: UInt64 = 12
    static let kinds = [
        "Flat", "HNSW4", "HNSW4,SQ8", "SQ8", "PQ4x4", "IVF4,Flat", "IVF4,SQ6", "IVF4,PQ4x4",
        "IVF4_HNSW4,Flat", "OPQ4,IVF4,PQ4x4", "PCA4,Flat", "L2norm,SQfp16",
    ]
    static let flips = 450

    /// Flips bits of a file one after another and gives `body` each damaged file's path.
    ///
    /// - Parameter trusted: whether the checksums are made to fit the damaged bytes.
    private func eachFlip(
        _ kind: String, trusted: Bool, _ body: (String, FaissIndex, [Float]) throws -> Void
    ) throws {
        let vectors = unitVectors(
            rows: kind.hasPrefix("OPQ") ? 300 : Self.rows, dimensions: Self.dimensions, seed: 1)
        let queries = unitVectors(rows: 3, dimensions: Self.dimensions, seed: 2)
        let index = try makeIndex(vectors, dimensions: Self.dimensions, kind: kind, threads: 1)
        var random = SeededGenerator(seed: trusted ? 3 : 4)
        try withTemporaryFolder { folder in
            let path = "\(folder)/index.faiss"
            try index.write(to: path, generation: Self.generation)
            let bytes = Array(try Data(contentsOf: URL(filePath: path)))
            // One block: its checksum and the 32 bytes after it.
            let size = bytes.count - 36
            #expect(bytes == withTrailer(Array(bytes[..<size]), generation: Self.generation))
            for flip in 0..<Self.flips {
                // What is before the numbers of vectors matters most, so half of the flips go there.
                let end = flip.isMultiple(of: 2) ? min(size, 600) : trusted ? size : bytes.count
                let place = Int.random(in: 0..<end, using: &random)
                var damaged = bytes
                damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                if trusted {
                    damaged = withTrailer(
                        Array(damaged[..<size]), generation: Self.generation)
                }
                try Data(damaged).write(to: URL(filePath: path))
                try body(path, index, queries)
            }
        }
    }

    @Test(arguments: kinds)
    func `give an error or the right answer`(kind: String) throws {
        try eachFlip(kind, trusted: false) { path, index, queries in
            do {
                let damaged = try FaissIndex(contentsOf: path, threads: 1)
                let found = try damaged.search(queries.span, k: 5)
                #expect(try found == index.search(queries.span, k: 5))
                Issue.record("damage was not noticed")
            } catch let error as FaissError {
                #expect(error.code == .malformedFile)
                #expect(error.path == path)
            }
        }
    }

    @Test(arguments: kinds)
    func `do no harm even when their checksums fit`(kind: String) throws {
        var opened = 0
        try eachFlip(kind, trusted: true) { path, _, queries in
            do {
                let damaged = try FaissIndex(contentsOf: path, threads: 1)
                opened += 1
                for k in [1, 70] {
                    for neighbours in try damaged.search(queries.span, k: k) {
                        #expect(neighbours.allSatisfy { (0..<damaged.count).contains($0.row) })
                    }
                }
                var more = try FaissIndexBuilder(extending: path, threads: 1)
                try more.add(queries.span)
                _ = try more.finish(threads: 1).search(queries.span, k: 5)
            } catch let error as FaissError {
                #expect(error.code == .malformedFile || error.code == .outOfMemory, "\(error)")
            }
        }
        // Most changes to the numbers of vectors are good files with other vectors.
        #expect(opened > 0)
    }

    @Test(arguments: kinds)
    func `are refused at every length`(kind: String) throws {
        let vectors = unitVectors(
            rows: kind.hasPrefix("OPQ") ? 300 : Self.rows, dimensions: Self.dimensions, seed: 5)
        try withTemporaryFolder { folder in
            let path = "\(folder)/index.faiss"
            try makeIndex(vectors, dimensions: Self.dimensions, kind: kind).write(to: path)
            let bytes = Array(try Data(contentsOf: URL(filePath: path)))
            let plain = bytes.count - 36
            for length in stride(from: 0, to: bytes.count, by: 7) where length != plain {
                try Data(bytes[..<length]).write(to: URL(filePath: path))
                let error = #expect(throws: FaissError.self, "\(length) bytes") {
                    try FaissIndex(contentsOf: path)
                }
                #expect(error?.code == .malformedFile)
            }
            // Only FAISS's own bytes: a file of FAISS.
            try Data(bytes[..<plain]).write(to: URL(filePath: path))
            #expect(try FaissIndex(contentsOf: path).count == vectors.count / Self.dimensions)
        }
    }
}
