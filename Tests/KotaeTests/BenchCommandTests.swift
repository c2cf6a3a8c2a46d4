import Glibc
import JSON
import Testing

/// `kotae bench index`, `search` and `store`: what they print, not how fast they are.
@Suite struct BenchCommandTests {
    private func raw(_ numbers: [Float]) -> [UInt8] {
        numbers.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) } }
    }

    @Test func `bench index prints times and writes the rows found`() throws {
        try withWorkplace { place in
            try place.write("vectors.f32", raw([1, 0, 0, 0, 1, 0, 0, 0, 1, 0.6, 0.8, 0]))
            try place.write("queries.f32", raw([0, 1, 0, 1, 0, 0]))
            for (kind, effort) in [("Flat", "0"), ("HNSW32", "16")] {
                let times = try place.succeed(
                    "bench", "index", "--vectors", "vectors.f32", "--queries", "queries.f32", "--dimensions", "3",
                    "--kind", kind, "--threads", "1", "--effort", effort, "--limit", "2", "--output", "rows.txt"
                ).json[0]
                #expect(
                    times.object?.keys == ["effort", "build", "open", "bytes", "memory", "batch", "single", "recall"])
                #expect(times.object?.members.filter { $0.key != "memory" }.allSatisfy { $0.value.double ?? -1 >= 0 } == true)
                #expect(times["memory"]?.isNull == true)
                #expect(times["recall"]?.double == 1)
                #expect(String(decoding: try place.read("rows.txt"), as: UTF8.self) == "1 3\n0 3\n")
            }
        }
    }

    @Test func `bench index tries several efforts on one index and tells the recall of each`() throws {
        try withWorkplace { place in
            let angles = (0..<700).map { Double($0) * 0.008 }
            try place.write("vectors.f32", raw(angles.flatMap { [Float(cos($0)), Float(sin($0))] }))
            try place.write("queries.f32", raw([0.6, 0.8, 0.8, 0.6, -1, 0]))
            func bench(_ kind: String, _ efforts: String...) throws -> [JSONValue] {
                try place.run(
                    ["bench", "index", "--vectors", "vectors.f32", "--queries", "queries.f32", "--dimensions", "2"]
                        + ["--limit", "9", "--kind", kind, "--effort"] + efforts
                ).json
            }
            let found = try bench("IVF4,Flat", "1", "4")
            #expect(found.map { $0["effort"]?.integer } == [1, 4])
            #expect(found.first?["build"] == found.last?["build"])
            #expect(found.last?["recall"]?.double == 1)
            // Sixteen codes for 700 vectors: those of one code cannot be told apart.
            let coded = try bench("PQ1x4", "0")
            let recall = try #require(coded.first?["recall"]?.double)
            #expect(recall >= 0 && recall < 1)
        }
    }

    @Test func `bench index measures a file that is there, and its memory`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("queries.f32", raw((0..<48).map { $0 == 0 ? 1 : 0 }))
            let command = ["bench", "index", "--file", "faq/vectors.faiss", "--queries", "queries.f32"]
            let times = try place.run(command + ["--dimensions", "48"]).json[0]
            #expect(times["build"]?.isNull == true && times["recall"]?.isNull == true)
            #expect(times["memory"]?.integer != nil)
            try place.refuse(
                command + ["--dimensions", "24"], saying: ["faq/vectors.faiss: its vectors are of 48 numbers, not of 24"])
            try place.refuse(
                command + ["--dimensions", "48", "--vectors", "queries.f32"],
                saying: ["faq/vectors.faiss: it has 7 vectors, and --vectors has 1"])
            try place.refuse(command + ["--dimensions", "48", "--kind", "Flat"], status: 64, saying: ["--kind"])
            try place.refuse(
                ["bench", "index", "--queries", "queries.f32", "--dimensions", "48"], status: 64, saying: ["--vectors"])
        }
    }

    @Test func `bench index refuses files that are no vectors`() throws {
        try withWorkplace { place in
            try place.write("vectors.f32", raw([1, 0, 0]))
            let command = ["bench", "index", "--queries", "vectors.f32"]
            try place.refuse(
                command + ["--vectors", "vectors.f32", "--dimensions", "2"],
                saying: ["vectors.f32: 12 bytes are not vectors of 2 float32"])
            try place.refuse(
                command + ["--vectors", "none.f32", "--dimensions", "3"], saying: ["none.f32: there is no such file"])
            try place.refuse(
                command + ["--vectors", "vectors.f32", "--dimensions", "3", "--kind", "IVF4,Flat"],
                saying: ["vectors.f32: IVF4,Flat needs at least"])
            try place.refuse(
                command + ["--vectors", "vectors.f32", "--dimensions", "0"], status: 64, saying: ["--dimensions"])
            try place.refuse(
                command + ["--vectors", "vectors.f32", "--dimensions", "3", "--effort", "1", "2", "--output", "rows"],
                status: 64, saying: ["--output"])
        }
    }

    @Test func `bench search times embedding and search of the index's questions or of given queries`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("queries.txt", "why\n\nwho\n")
            for (options, count) in [([], 5), (["--queries", "queries.txt"], 2)] {
                let found = try place.run(["bench", "search", "faq", "--json"] + options).json[0]
                #expect(found["queries"] == .integer(count) && found["documents"] == 5)
                for step in ["embed", "search", "both"] {
                    #expect(found[step]?.object?.keys == ["median_ms", "p95_ms", "p99_ms"])
                }
            }
            #expect(try place.succeed("bench", "search", "faq").lines.count == 5)
            try place.refuse(["bench", "search", "faq", "--queries", "none"], saying: ["none: "])
        }
    }

    @Test func `bench store looks up every vector and every document`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let found = try place.succeed("bench", "store", "faq", "--repeat", "2", "--json").json[0]
            #expect(found["vectors"] == 7 && found["documents"] == 5 && found["dimensions"] == 48)
            #expect(found["by_key_per_second"]?.double ?? 0 > 0 && found["by_id_per_second"]?.double ?? 0 > 0)
            var sum = 0.0
            var texts: Set<String> = []
            for id in ["password", "order", "why", "twin", "時"] {
                for entry in try place.succeed("lookup", "faq", id, "--alternates").json {
                    guard texts.insert(try #require(entry["text"]?.string)).inserted else { continue }
                    sum += Double(try numbers(#require(entry["embedding"])).reduce(0, +))
                }
            }
            #expect(abs((found["sum"]?.double ?? 0) - sum) < 1e-5)
            #expect(try place.succeed("bench", "store", "faq", "--repeat", "1").lines.count == 3)
        }
    }
}
