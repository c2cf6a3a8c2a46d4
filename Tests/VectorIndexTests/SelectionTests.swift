import TestSupport
import Testing
import VectorIndex

@Suite struct `Row selections` {
    static let kinds = `FAISS kinds`.made
    static let dimensions = 16
    static let rows = 700

    @Test func `hold rows that are named, or all others`() {
        let some = RowSelection([3, 64, 3, 129, -1, 130], of: 130)
        #expect(some.count == 3)
        #expect((-1...131).filter(some.contains) == [3, 64, 129])
        let others = RowSelection(allBut: [0, 129], of: 130)
        #expect(others.count == 128)
        #expect((-1...131).filter(others.contains) == Array(1...128))
        #expect(RowSelection(allBut: [], of: 128).count == 128)
        #expect(RowSelection([0], of: 0).count == 0)
    }

    @Test(arguments: kinds)
    func `limit what is found, and let k rows be found where there are as many`(
        kind: String
    ) throws {
        let vectors = unitVectors(rows: Self.rows, dimensions: Self.dimensions, seed: 1)
        let queries = unitVectors(rows: 12, dimensions: Self.dimensions, seed: 2)
        let index = try makeIndex(vectors, dimensions: Self.dimensions, kind: kind)
        // Everything in the order of scores, of which a selection leaves a part.
        let all = try index.search(
            queries.span, k: Self.rows, effort: SearchEffort(efSearch: 9999, nprobe: 9999))
        for selection in [
            RowSelection([], of: Self.rows), RowSelection([5], of: Self.rows),
            RowSelection(stride(from: 0, to: Self.rows, by: 50), of: Self.rows),
            RowSelection(300..<350, of: Self.rows),
            RowSelection(stride(from: 1, to: Self.rows, by: 2), of: Self.rows),
            RowSelection(allBut: [all[0][0].row], of: Self.rows),
            RowSelection(allBut: [], of: Self.rows),
        ] {
            for k in [1, 10, 400] {
                let thorough = SearchEffort(efSearch: 9999, nprobe: 9999)
                let found = try index.search(
                    queries.span, k: k, effort: thorough, among: selection)
                let expected = all.map { Array($0.filter { selection.contains($0.row) }.prefix(k)) }
                #expect(found == expected)
                let hasty = SearchEffort(efSearch: 1, nprobe: 1)
                for neighbours in try index.search(
                    queries.span, k: k, effort: hasty, among: selection)
                {
                    #expect(neighbours.count == min(k, selection.count))
                    #expect(neighbours.allSatisfy { selection.contains($0.row) })
                    #expect(Set(neighbours.map(\.row)).count == neighbours.count)
                }
            }
        }
    }

    @Test func `cost a graph little recall, however many rows they leave`() throws {
        let vectors = unitVectors(rows: 5000, dimensions: Self.dimensions, seed: 3)
        let queries = unitVectors(rows: 40, dimensions: Self.dimensions, seed: 4)
        let exact = try makeIndex(vectors, dimensions: Self.dimensions)
        let graph = try makeIndex(vectors, dimensions: Self.dimensions, kind: "HNSW16")
        for step in [1, 2, 3, 5, 10, 30, 100, 1000] {
            let selection = RowSelection(stride(from: 0, to: 5000, by: step), of: 5000)
            let effort = SearchEffort()
            let expected = try exact.search(queries.span, k: 5, effort: effort, among: selection)
            let found = try graph.search(queries.span, k: 5, effort: effort, among: selection)
            let hits = zip(found, expected).map { found, expected in
                found.filter(expected.contains).count
            }.reduce(0, +)
            #expect(hits >= 196, "\(hits) of 200 at every \(step)th row")
        }
    }

    @Test func `are refused for another number of rows`() throws {
        let index = try makeIndex([1, 0, 0, 1], dimensions: 2)
        let query: [Float] = [1, 0]
        let error = #expect(throws: FaissError.self) {
            try index.search(
                query.span, k: 1, effort: SearchEffort(), among: RowSelection([0], of: 3))
        }
        #expect(
            error?.description == "FAISS search: the selection is for 3 rows, but there are 2")
    }

    @Test(arguments: [SearchEffort(efSearch: 0), SearchEffort(nprobe: 0)])
    func `need an effort to be searched for`(effort: SearchEffort) throws {
        let index = try makeIndex([1, 0, 0, 1], dimensions: 2)
        let query: [Float] = [1, 0]
        let error = #expect(throws: FaissError.self) {
            try index.search(query.span, k: 1, effort: effort)
        }
        #expect(error?.description == "FAISS search: the effort is 0 and must be at least 1")
    }
}
