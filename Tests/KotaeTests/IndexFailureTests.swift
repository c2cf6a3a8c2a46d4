import EmbeddingStore
import FoundationEssentials
import Glibc
import JSON
import TestSupport
import Testing

/// Index folders that are missing, damaged, of another model or too new.
@Suite struct IndexFailureTests {
    /// Both commands that read an index refuse it.
    private func refuse(_ place: Workplace, _ folder: String, _ message: [String]) throws {
        try place.refuse(["search", folder, "why"], saying: message)
        try place.refuse(["lookup", folder, "why"], saying: message)
    }

    @Test func `a folder without an index is told apart from none at all`() throws {
        try withWorkplace { place in
            try refuse(place, "none", ["none: there is no such folder"])
            try refuse(place, ".", [".: there is no index in this folder", "kotae index build"])
            try place.write("file", "text")
            try refuse(place, "file", ["file: this is not a folder"])
        }
    }

    @Test(arguments: [0, 1, 100, 4096, 8192, 10_000, -4096, -1])
    func `a database that is cut off is refused`(size: Int) throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let whole = try place.read("faq/data.mdb")
            try place.write("faq/data.mdb", Array(whole[..<(size < 0 ? whole.count + size : size)]))
            try refuse(place, "faq", ["faq/data.mdb: "])
            try place.refuse(
                ["index", "build", "faq", "--corpus", "corpus.jsonl"], saying: ["faq/data.mdb: "])
        }
    }

    @Test(arguments: [["index", "add", "faq", "--corpus", "corpus.jsonl"], ["search", "faq", "why"]])
    func `no processors at all are a mistake in usage`(command: [String]) throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.refuse(command + ["--threads", "0"], status: 64, saying: ["--threads must be at least 1"])
        }
    }

    @Test func `a file that is no database is refused`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("faq/data.mdb", [UInt8](repeating: 0x41, count: 69_632))
            try refuse(place, "faq", ["faq"])
        }
    }

    @Test(arguments: [0, 1, 8, 20, 40, 100, 1000, -1])
    func `a vector file that is cut off is refused by searches, and not needed by look-ups and changes`(size: Int) throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let id = "password"
            let vector = try place.succeed("lookup", "faq", id).text
            let whole = try place.read("faq/vectors.faiss")
            try place.write("faq/vectors.faiss", Array(whole[..<(size < 0 ? whole.count + size : size)]))
            try place.refuse(["search", "faq", "why"], saying: ["faq/vectors.faiss: "])
            #expect(try place.succeed("lookup", "faq", id).text == vector)
            _ = try place.succeed("index", "remove", "faq", id)
            try place.refuse(["lookup", "faq", id], saying: [id])
            try place.refuse(["search", "faq", "why"], saying: ["faq/vectors.faiss: "])
            // To build it again is the way out.
            _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl")
            #expect(try place.read("faq/vectors.faiss").count == whole.count)
            _ = try place.succeed("search", "faq", "why")
        }
    }

    @Test func `a vector file that is cut off is told by verify and made anew by compact`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let exported = try place.succeed("index", "export", "faq").text
            try place.write("faq/vectors.faiss", Array(try place.read("faq/vectors.faiss")[..<60]))
            #expect(try place.succeed("index", "info", "faq", "--json").json[0]["counts"]?["documents"] == 5)
            #expect(try place.succeed("index", "export", "faq").text == exported)
            let verification = try place.run("index", "verify", "faq", "--json")
            #expect(verification.status == 1)
            let found = try #require(try verification.json.first)
            #expect(found["sound"] == false && found["documents"] == 5 && found["self_retrieval"] == .null)
            let problems = try #require(found["problems"]?.array)
            #expect(problems.count == 1)
            #expect(problems.first?.string?.hasPrefix("faq/vectors.faiss: ") == true)
            #expect(problems.first?.string?.contains("--repair") == true)
            _ = try place.succeed("index", "compact", "faq")
            #expect(try place.succeed("index", "verify", "faq", "--json").json[0]["self_retrieval"]?.double == 1)
        }
    }

    @Test(arguments: [["index.json"], ["vectors.faiss"], ["index.json", "vectors.faiss"]])
    func `a folder that has lost its database says what is missing, and can be built again`(left: [String]) throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            for name in ["data.mdb", "index.json", "vectors.faiss"] where !left.contains(name) {
                try FileManager.default.removeItem(atPath: place.path("faq/\(name)"))
            }
            let message = ["faq/data.mdb: is missing", "kotae index build"]
            try refuse(place, "faq", message)
            for command in ["info", "verify", "compact"] {
                try place.refuse(["index", command, "faq"], saying: message)
            }
            _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl")
            _ = try place.succeed("index", "verify", "faq")
        }
    }

    @Test func `of two builds at once one is told of the other, and the index is whole`() throws {
        try withWorkplace { place in
            for name in ["a", "b"] {
                try place.write(
                    "\(name).jsonl", (0..<400).map { #"{"question":"order \#($0) of \#(name)"}"# + "\n" }.joined())
            }
            _ = try place.shell(
                """
                '\(kotae())' index build faq --corpus a.jsonl -q 2> a.txt & a=$!
                '\(kotae())' index build faq --corpus b.jsonl -q 2> b.txt & b=$!
                wait $a && touch a.ended
                wait $b && touch b.ended
                """)
            let ended = try ["a", "b"].filter { try place.exists("\($0).ended") }
            #expect(!ended.isEmpty)
            for name in ["a", "b"] where !ended.contains(name) {
                let error = String(decoding: try place.read("\(name).txt"), as: UTF8.self)
                #expect(error.contains("faq: another process is writing to this index"), "\(error)")
            }
            _ = try place.succeed("index", "verify", "faq")
            let documents = try place.succeed("index", "export", "faq").lines
            #expect(documents.count == 400)
            #expect(ended.contains { name in documents.allSatisfy { $0.contains("of \(name)\"") } })
        }
    }

    @Test func `a lost vector file is made up for by the database`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let answer = try place.succeed("search", "faq", "--json", "why").text
            try FileManager.default.removeItem(atPath: place.path("faq/vectors.faiss"))
            try FileManager.default.removeItem(atPath: place.path("faq/index.json"))
            #expect(try place.succeed("search", "faq", "--json", "why").text == answer)
        }
    }

    /// Changes the manifest that the database keeps.
    private func change(
        _ place: Workplace, _ field: String, to value: JSONValue?
    ) throws {
        let store = try EmbeddingStore(opening: place.path("faq"), writable: true)
        try store.write { writer in
            var manifest = try #require(try writer.meta("manifest")?.object)
            manifest.members.removeAll { $0.key == field }
            if let value { manifest.members.append((field, value)) }
            try writer.setMeta("manifest", to: .object(manifest))
        }
    }

    @Test func `an index of a newer format is refused`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try change(place, "format", to: 3)
            try refuse(place, "faq", ["faq/data.mdb: format 3 is newer than 2", "newer Kotae"])
        }
    }

    @Test(arguments: [
        ("format", nil), ("generation", "one"), ("model", 5), ("dimensions", 47), ("counts", nil),
    ] as [(String, JSONValue?)])
    func `a damaged manifest is refused`(field: String, value: JSONValue?) throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try change(place, field, to: value)
            try refuse(place, "faq", ["faq/data.mdb: ", field])
        }
    }

    @Test func `a search with another model is refused`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            for (model, name) in [("prompts", "prompts"), ("wide", "wide")] {
                try place.refuse(
                    ["search", "faq", "--model", model, "why"],
                    saying: ["faq: was built with the model all-MiniLM-L6-v2", name])
            }
            try place.refuse(["search", "faq", "-m", "nope", "why"], saying: ["nope: ", "there are: "])
        }
    }

    @Test func `an index follows its model to another place`() throws {
        try withWorkplace { place in
            try place.copyModel("bert-mean", to: "copy")
            try place.write("corpus.jsonl", smallCorpus)
            _ = try place.succeed("index", "build", "faq", "--corpus", "corpus.jsonl", "-m", "copy")
            let answer = try place.succeed("search", "faq", "--json", "why").text
            try FileManager.default.moveItem(atPath: place.path("copy"), toPath: place.path("moved"))
            try place.refuse(["search", "faq", "why"], saying: ["copy: there is no model of this name"])
            #expect(try place.succeed("search", "faq", "--json", "why", "-m", "moved").text == answer)
        }
    }

    @Test func `a build with another size of vectors is refused and changes nothing`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.refuse(
                ["index", "build", "faq", "--corpus", "corpus.jsonl", "--model", "wide"],
                saying: ["faq: ", "48 dimensions", "64"])
        }
    }

    @Test func `an id that is named twice is removed once`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("gone.txt", "why\nwhy\n")
            let removed = try place.succeed("index", "remove", "faq", "why", "--ids", "gone.txt")
            #expect(removed.error == "faq: 1 document removed\n")
        }
    }

    @Test func `all unknown ids are listed and nothing is printed`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.refuse(
                ["lookup", "faq", "nope", "why", "Why", "時間"], saying: ["\"nope\", \"Why\", \"時間\""])
            try place.refuse(
                ["lookup", "faq", "nope", "--output", "v.npy", "--format", "npy"], saying: ["\"nope\""])
        }
    }

    @Test(.enabled(if: geteuid() != 0 || access(setpriv, X_OK) == 0), arguments: [true, false])
    func `a folder that cannot be written to is searched and looked up`(hasLockFile: Bool) throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let search = ["search", "faq", "--json", "why"]
            let answer = try place.run(search).text
            if !hasLockFile { unlink(place.path("faq/lock.mdb")) }
            for name in try FileManager.default.contentsOfDirectory(atPath: place.path("faq")) {
                chmod(place.path("faq/\(name)"), 0o444)
            }
            chmod(place.path("faq"), 0o555)
            defer { chmod(place.path("faq"), 0o755) }
            let before = try place.listing()
            let found = try place.run(search, restricted: true)
            #expect(found.status == 0, "\(found.error)")
            #expect(found.text == answer)
            #expect(try place.run(["lookup", "faq", "why"], restricted: true).lines.count == 1)
            let build = try place.run(
                ["index", "build", "faq", "--corpus", "corpus.jsonl"], restricted: true)
            #expect(build.status == 1 && build.error.contains("faq"))
            #expect(try place.listing() == before)
        }
    }
}
