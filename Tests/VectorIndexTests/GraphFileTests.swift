import FoundationEssentials
import TestSupport
import Testing
import VectorIndex

/// Graphs that are made with their rows in a file are FAISS's own, which keeps rows in memory, to the
/// byte. Scores of whole numbers are exact, and on one thread there is one order.
@Suite struct `Graph files` {
    static let dimensions = 12
    static let vectors = wholeNumbers(rows: 900, dimensions: dimensions, seed: 1)

    private func rows(_ range: Range<Int>) -> [Float] {
        Array(Self.vectors[range.lowerBound * Self.dimensions..<range.upperBound * Self.dimensions])
    }

    /// A "Flat" file of the first rows.
    private func flat(_ count: Int, in folder: String) throws -> FaissIndex {
        let path = "\(folder)/\(count).rows"
        var writer = try FlatIndexWriter(path: path, dimensions: Self.dimensions, lasting: false)
        let rows = rows(0..<count)
        try writer.add(rows.span)
        try writer.finish()
        return try FaissIndex(contentsOf: path, threads: 1)
    }

    /// What FAISS makes of rows, or of a file to which it adds them.
    private func writeReference(_ part: Range<Int>, extending former: String? = nil, to path: String) throws {
        var builder =
            try former.map { path throws(FaissError) in try FaissIndexBuilder(extending: path, threads: 1) }
            ?? FaissIndexBuilder(dimensions: Self.dimensions, factory: "HNSW6", threads: 1)
        let rows = rows(part)
        try builder.add(rows.span)
        try builder.finish().write(to: path, generation: 5)
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    @Test(arguments: [0, 1, 2, 300, 900], ["HNSW6", "HNSW6,Flat"])
    func `are FAISS's own`(count: Int, factory: String) throws {
        try withTemporaryFolder { folder in
            let rows = try flat(count, in: folder)
            // Its name may go while it is read.
            try FileManager.default.removeItem(atPath: "\(folder)/\(count).rows")
            try rows.writeGraph(factory, to: "\(folder)/graph", generation: 5)
            try writeReference(0..<count, to: "\(folder)/reference")
            #expect(try bytes("\(folder)/graph") == bytes("\(folder)/reference"))
        }
    }

    @Test(arguments: [0, 1, 500, 900])
    func `are extended as FAISS does it, and the former stay`(kept: Int) throws {
        try withTemporaryFolder { folder in
            try writeReference(0..<kept, to: "\(folder)/former")
            let before = try bytes("\(folder)/former")
            try flat(900, in: folder).writeGraph(
                "HNSW6", extending: FaissIndex(contentsOf: "\(folder)/former"), to: "\(folder)/graph",
                generation: 5)
            try writeReference(
                kept..<900, extending: "\(folder)/former", to: "\(folder)/reference")
            #expect(try bytes("\(folder)/graph") == bytes("\(folder)/reference"))
            #expect(try bytes("\(folder)/former") == before)
        }
    }

    @Test func `on several threads find every row`() throws {
        let vectors = unitVectors(rows: 900, dimensions: Self.dimensions, seed: 2)
        try withTemporaryFolder { folder in
            try makeIndex(vectors, dimensions: Self.dimensions).write(to: "\(folder)/rows")
            try FaissIndex(contentsOf: "\(folder)/rows", threads: 3).writeGraph("HNSW8", to: "\(folder)/graph")
            let graph = try FaissIndex(contentsOf: "\(folder)/graph")
            try graph.check()
            let found = try graph.search(vectors.span, k: 1)
            #expect(found.map { $0.first?.row } == Array(0..<900))
        }
    }

    @Test(
        arguments: [
            ("HNSW32", true), ("HNSW", true), ("HNSW4,Flat", true), ("Flat", false), ("HNSW32,SQ8", false),
            ("IVF8_HNSW4,Flat", false), ("PCA8,HNSW32", false), ("L2norm,HNSW32", false), ("HNSW3", false),
            ("nonsense", false), ("", false),
        ])
    func `are made for graphs over rows as they are`(factory: String, isGraph: Bool) {
        #expect(FaissIndex.isGraph(factory) == isGraph)
    }

    @Test func `are not made of what does not belong together`() throws {
        try withTemporaryFolder { folder in
            let rows = try flat(300, in: folder)
            try writeReference(0..<301, to: "\(folder)/larger")
            try writeReference(0..<200, to: "\(folder)/graph")
            let wide = try makeIndex([1, 2, 3], dimensions: 3, kind: "HNSW6")
            try wide.write(to: "\(folder)/wide")
            func refuse(
                _ rows: FaissIndex, _ factory: String = "HNSW6", extending former: FaissIndex? = nil,
                saying part: String
            ) {
                let error = #expect(throws: FaissError.self) {
                    try rows.writeGraph(factory, extending: former, to: "\(folder)/new")
                }
                #expect(error?.code == .invalidArgument)
                #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
            }
            for factory in ["Flat", "HNSW6,SQ8"] { refuse(rows, factory, saying: "not a graph over rows") }
            refuse(try makeIndex([1, 2], dimensions: 2), saying: "in a file")
            refuse(try FaissIndex(contentsOf: "\(folder)/graph"), saying: "flat index in a file")
            refuse(rows, extending: try flat(200, in: folder), saying: "must be a graph")
            refuse(rows, extending: wide, saying: "in a file")
            refuse(
                rows, extending: try FaissIndex(contentsOf: "\(folder)/wide"), saying: "dimensions and the rows")
            refuse(
                rows, extending: try FaissIndex(contentsOf: "\(folder)/larger"), saying: "more rows than there are")
        }
    }

    @Test(arguments: ["rows", "former"])
    func `are not made of damaged files, which are named`(which: String) throws {
        try withTemporaryFolder { folder in
            var writer = try FlatIndexWriter(path: "\(folder)/rows", dimensions: Self.dimensions)
            try writer.add(Self.vectors.span)
            try writer.finish()
            try writeReference(0..<900, to: "\(folder)/former")
            var damaged = try bytes("\(folder)/\(which)")
            damaged[damaged.count * 3 / 4] ^= 4
            try damaged.write(to: URL(filePath: "\(folder)/\(which)"))
            let rows = try FaissIndex(contentsOf: "\(folder)/rows")
            let former = try FaissIndex(contentsOf: "\(folder)/former")
            let error = #expect(throws: FaissError.self) {
                try rows.writeGraph("HNSW6", extending: former, to: "\(folder)/graph")
            }
            #expect(error?.code == .malformedFile)
            #expect(error?.description.hasPrefix("\(folder)/\(which):") == true)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/graph"))
        }
    }

    @Test func `that cannot be written say why`() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: FaissError.self) {
                try flat(900, in: folder).writeGraph("HNSW6", to: "/dev/full")
            }
            #expect(error?.description == "/dev/full: cannot write: No space left on device")
        }
    }
}
