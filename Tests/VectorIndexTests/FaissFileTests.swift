import FoundationEssentials
import Glibc
import TestSupport
import Testing
import VectorIndex

@Suite struct `FAISS files` {
    static let dimensions = 5
    static let vectors = wholeNumbers(rows: 7, dimensions: dimensions, seed: 1)
    /// The bytes before the vectors of a flat index, as FAISS 1.7 writes it.
    static let headerSize = 45

    /// Gives `body` the path of a file with an index, and its bytes.
    private func withIndexFile(_ body: (String, [UInt8]) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/vectors.faiss"
            try makeIndex(Self.vectors, dimensions: Self.dimensions).write(to: path)
            try body(path, Array(try Data(contentsOf: URL(filePath: path))))
        }
    }

    private func readingFails(
        _ bytes: [UInt8], at path: String, _ what: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try Data(bytes).write(to: URL(filePath: path))
        let error = #expect(throws: FaissError.self, what, sourceLocation: sourceLocation) {
            _ = try FaissIndex(contentsOf: path)
        }
        #expect(error?.code == .malformedFile, what, sourceLocation: sourceLocation)
        #expect(error?.path == path, what, sourceLocation: sourceLocation)
    }

    @Test(arguments: [0, 1, 7, 300])
    func `hold what was written`(rows: Int) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/vectors.faiss"
            let vectors = unitVectors(rows: rows, dimensions: 31, seed: 2)
            let queries = unitVectors(rows: 21, dimensions: 31, seed: 3)
            let written = try makeIndex(vectors, dimensions: 31)
            try written.write(to: path)
            let read = try FaissIndex(contentsOf: path, threads: 3)
            #expect(read.count == rows)
            #expect(read.dimensions == 31)
            #expect(read.threads == 3)
            #expect(try read.search(queries.span, k: 5) == written.search(queries.span, k: 5))
        }
    }

    @Test func `tell the generation they were written with`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/vectors.faiss"
            let index = try makeIndex(Self.vectors, dimensions: Self.dimensions)
            try index.write(to: path)
            #expect(try FaissIndex(contentsOf: path).generation == 0)
            try index.write(to: path, generation: 0x0102_0304_0506_0708)
            #expect(try FaissIndex(contentsOf: path).generation == 0x0102_0304_0506_0708)
        }
    }

    @Test func `end with the checksums of FAISS's bytes and the generation`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/vectors.faiss"
            let rows = 4000
            let size = Self.headerSize + rows * 32 * 4
            try makeIndex(unitVectors(rows: rows, dimensions: 32, seed: 5), dimensions: 32)
                .write(to: path, generation: 77)
            let bytes = Array(try Data(contentsOf: URL(filePath: path)))
            #expect(bytes == withTrailer(Array(bytes[..<size]), generation: 77))
        }
    }

    @Test func `are read and written as FAISS's own package does`() throws {
        let path = fixture("faiss/flat.faiss")
        let index = try FaissIndex(contentsOf: path)
        let text = try String(contentsOfFile: fixture("faiss/searches.txt"), encoding: .utf8)
        var queries: [Float] = []
        var expected: [[Neighbour]] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "|")
            queries += try parts[0].split(separator: " ").map { try #require(Float($0)) }
            expected.append(
                try parts[1].split(separator: " ").map { pair in
                    let numbers = try pair.split(separator: ":").map { try #require(Int($0)) }
                    return Neighbour(row: numbers[0], score: Float(numbers[1]))
                })
        }
        #expect(expected.count == 7)
        #expect(try index.search(queries.span, k: 10) == expected)
        try withTemporaryFolder { folder in
            let copy = "\(folder)/copy.faiss"
            try index.write(to: copy)
            let original = try Data(contentsOf: URL(filePath: path))
            #expect(try Data(contentsOf: URL(filePath: copy)).prefix(original.count) == original)
        }
    }

    @Test func `replace what was there, and leave nothing else behind`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/vectors.faiss"
            try makeIndex([1, 2, 3, 4], dimensions: 2).write(to: path)
            try makeIndex([5, 6], dimensions: 2).write(to: path)
            #expect(try FaissIndex(contentsOf: path).count == 1)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder) == ["vectors.faiss"])
        }
    }

    @Test func `are refused at every length but their own`() throws {
        try withIndexFile { path, bytes in
            // Without its checksums the file is one of FAISS.
            let plain = Self.headerSize + Self.vectors.count * 4
            for length in 0..<bytes.count where length != plain {
                try readingFails(Array(bytes[..<length]), at: path, "cut to \(length) bytes")
            }
            try readingFails(bytes + [0], at: path, "one byte longer")
            try Data(bytes).write(to: URL(filePath: path))
            #expect(try FaissIndex(contentsOf: path).count == 7)
        }
    }

    @Test func `are refused with any bit of the header flipped`() throws {
        try withIndexFile { path, bytes in
            for bit in 0..<Self.headerSize * 8 {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << (bit % 8)
                try readingFails(flipped, at: path, "bit \(bit) flipped")
            }
        }
    }

    @Test func `of FAISS itself are refused with any bit of the header flipped`() throws {
        let plain = Array(try Data(contentsOf: URL(filePath: fixture("faiss/flat.faiss"))))
        try withTemporaryFolder { folder in
            for bit in 0..<Self.headerSize * 8 {
                var flipped = plain
                flipped[bit / 8] ^= 1 << (bit % 8)
                try readingFails(flipped, at: "\(folder)/flat.faiss", "bit \(bit) flipped")
            }
        }
    }

    @Test func `are refused by the search that meets a number that is not finite`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/flat.faiss"
            var bytes = Array(try Data(contentsOf: URL(filePath: fixture("faiss/flat.faiss"))))
            bytes[(bytes.count - 4)...] = [0, 0, 0xC0, 0x7F][...]
            try Data(bytes).write(to: URL(filePath: path))
            let index = try FaissIndex(contentsOf: path)
            let query: [Float] = [1, 0, 0, 0, 0, 0]
            let error = #expect(throws: FaissError.self) { try index.search(query.span, k: 3) }
            #expect(
                error?.description
                    == "\(path): row 60 has numbers that are not finite or too large")
        }
    }

    @Test func `are refused by the search that meets a damaged part, and only by that`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/vectors.faiss"
            let dimensions = 64
            let rows = 3000
            try makeIndex(
                unitVectors(rows: rows, dimensions: dimensions, seed: 6), dimensions: dimensions
            ).write(to: path)
            var bytes = Array(try Data(contentsOf: URL(filePath: path)))
            bytes[300_000] ^= 1
            try Data(bytes).write(to: URL(filePath: path))
            let index = try FaissIndex(contentsOf: path)
            let query = unitVectors(rows: 1, dimensions: dimensions, seed: 7)
            let error = #expect(throws: FaissError.self) { try index.search(query.span, k: 1) }
            #expect(error?.code == .malformedFile)
            #expect(
                error?.description
                    == "\(path): damaged between byte 294912 and byte 311296: their checksum is another")
            let first = RowSelection(0..<1000, of: rows)
            #expect(
                try index.search(query.span, k: 1, effort: SearchEffort(), among: first).count == 1)
        }
    }

    @Test func `with a graph are refused by the search that meets a damaged row, and by a check of all`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/vectors.faiss"
            let dimensions = 64
            let vectors = unitVectors(rows: 3000, dimensions: dimensions, seed: 8)
            try makeIndex(vectors, dimensions: dimensions, kind: "HNSW8").write(to: path, generation: 3)
            try FaissIndex(contentsOf: path).check()
            var bytes = Array(try Data(contentsOf: URL(filePath: path)))
            // The graph comes before the rows, and the checksums after them.
            let end = bytes.count - 32 - 4 * ((bytes.count - 32 + 16_387) / 16_388)
            bytes[end - 1] ^= 1
            try Data(bytes).write(to: URL(filePath: path))
            let index = try FaissIndex(contentsOf: path)
            #expect(index.generation == 3)
            let last = Array(vectors.suffix(dimensions))
            for search in [{ try index.check() }, { _ = try index.search(last.span, k: 1) }] {
                let error = #expect(throws: FaissError.self) { try search() }
                #expect(error?.code == .malformedFile)
                #expect(error?.description.hasPrefix("\(path): damaged between byte ") == true)
            }
        }
    }

    @Test func `with checksums of larger blocks, as they once were written, are read`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/vectors.faiss"
            let dimensions = 64
            let rows = 3000
            let vectors = unitVectors(rows: rows, dimensions: dimensions, seed: 9)
            let written = try makeIndex(vectors, dimensions: dimensions)
            try written.write(to: path)
            let size = Self.headerSize + rows * dimensions * 4
            var bytes = Array(try Data(contentsOf: URL(filePath: path)).prefix(size))
            try Data(withTrailer(bytes, generation: 5, version: 1)).write(to: URL(filePath: path))
            let query = unitVectors(rows: 1, dimensions: dimensions, seed: 10)
            let index = try FaissIndex(contentsOf: path)
            #expect(index.generation == 5)
            #expect(try index.search(query.span, k: 9) == written.search(query.span, k: 9))

            let trailer = withTrailer(bytes, generation: 5, version: 1)[size...]
            bytes[300_000] ^= 1
            try Data(bytes + trailer).write(to: URL(filePath: path))
            let error = #expect(throws: FaissError.self) { try FaissIndex(contentsOf: path).search(query.span, k: 1) }
            #expect(
                error?.description
                    == "\(path): damaged between byte 262144 and byte 524288: their checksum is another")
        }
    }

    @Test func `are refused when sizes agree only by overflow`() throws {
        try withTemporaryFolder { folder in
            // 2^62 rows of 4 numbers: 2^64 numbers, which is 0 in 64 bits.
            let plain = Array(try Data(contentsOf: URL(filePath: fixture("faiss/flat.faiss"))))
            var changed = Array(plain[..<Self.headerSize])
            changed[4..<8] = [4, 0, 0, 0]
            changed[8..<16] = [0, 0, 0, 0, 0, 0, 0, 0x40]
            changed[37..<45] = [0, 0, 0, 0, 0, 0, 0, 0]
            try readingFails(changed, at: "\(folder)/flat.faiss", "overflow")
        }
    }

    @Test func `of other kinds are refused by name`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/lsh.faiss"
            try readingFails(Array("IxHe".utf8) + [0, 0, 0], at: path, "LSH")
            let error = #expect(throws: FaissError.self) { try FaissIndex(contentsOf: path) }
            #expect(error?.message.hasPrefix("starts with \"IxHe\", which is no index") == true)
        }
    }

    @Test func `that cannot be opened say why`() throws {
        try withTemporaryFolder { folder in
            let missing = #expect(throws: FaissError.self) {
                try FaissIndex(contentsOf: "\(folder)/no.faiss")
            }
            #expect(missing?.code == .inputOutput)
            #expect(
                missing?.description
                    == "\(folder)/no.faiss: cannot open: No such file or directory")
            let directory = #expect(throws: FaissError.self) { try FaissIndex(contentsOf: folder) }
            #expect(directory?.code == .inputOutput)
            #expect(directory?.description == "\(folder): cannot read: Is a directory")
            let pipe = "\(folder)/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            let refused = #expect(throws: FaissError.self) { try FaissIndex(contentsOf: pipe) }
            #expect(refused?.description == "\(pipe): cannot read: not a regular file")
        }
    }

    @Test func `that cannot be written say why and leave nothing behind`() throws {
        let index = try makeIndex(Self.vectors, dimensions: Self.dimensions)
        try withTemporaryFolder { folder in
            let inside = "\(folder)/no/vectors.faiss"
            let missing = #expect(throws: FaissError.self) { try index.write(to: inside) }
            #expect(missing?.description == "\(inside): cannot open: No such file or directory")
            let taken = "\(folder)/taken"
            try FileManager.default.createDirectory(
                atPath: taken, withIntermediateDirectories: false)
            let error = #expect(throws: FaissError.self) { try index.write(to: taken) }
            #expect(
                error?.description
                    == "\(taken): cannot rename the new file to this name: Is a directory")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken"])
        }
    }

    @Test(arguments: [7, 100_000])
    func `notice a full disk, early or late`(rows: Int) throws {
        let index = try makeIndex(
            wholeNumbers(rows: rows, dimensions: Self.dimensions, seed: 4),
            dimensions: Self.dimensions)
        let error = #expect(throws: FaissError.self) { try index.writeInPlace(to: "/dev/full") }
        #expect(error?.code == .inputOutput)
        #expect(error?.description == "/dev/full: cannot write: No space left on device")
    }
}
