import Contrastive
import FoundationEssentials
import Records
import SemanticSearch
import TestSupport
import Testing

@Suite struct `Files of pairs` {
    private func read(
        _ files: [String: String], fields: PairFields = PairFields(), corpus: String? = nil,
        positiveFrom: Double = 0.5
    ) throws -> PairSet {
        try withTemporaryFolder { folder in
            for (name, text) in files {
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            }
            let documents = try corpus.map { text in
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/corpus.jsonl"))
                return try Corpus([CorpusFile(path: "\(folder)/corpus.jsonl")])
            }
            var reader = PairReader(fields: fields, positiveFrom: positiveFrom, corpus: documents)
            for name in files.keys.sorted() { try reader.read("\(folder)/\(name)") }
            return try reader.pairSet(scoreRange: reader.scoreRange)
        }
    }

    private func texts(_ set: PairSet) -> [[String]] {
        set.pairs.map { pair in
            [set.queries[pair.query], set.passages[pair.passage]] + pair.negatives.map { set.passages[$0] }
        }
    }

    @Test(arguments: [
        ("query", "positive"), ("question", "answer"), ("anchor", "positive"),
        ("sentence1", "sentence2"), ("text_a", "text_b"),
    ])
    func `are known by several names of their fields`(left: String, right: String) throws {
        let jsonl = #"{"\#(left)": "a", "\#(right)": "b"}"#
        #expect(try texts(read(["a.jsonl": jsonl])) == [["a", "b"]])
        #expect(try texts(read(["a.csv": "\(right),\(left)\nb,a\n"])) == [["a", "b"]])
        #expect(try texts(read(["a.tsv": "\(left)\t\(right)\na\tb\n"])) == [["a", "b"]])
    }

    @Test func `may name their fields otherwise`() throws {
        let set = try read(
            ["a.csv": "x,y,l\na,b,0\n"],
            fields: PairFields(query: "x", positive: "y", label: "l"))
        #expect(texts(set) == [["a", "b"]])
        #expect(set.pairs[0].label == 0)
    }

    @Test func `may have several positives and any number of negatives`() throws {
        let set = try read([
            "a.jsonl": #"{"query": "a", "positive": ["b", "c"], "negative": "n", "negatives": ["o"], "negative_12": "p"}"#
        ])
        #expect(texts(set) == [["a", "b", "n", "o", "p"], ["a", "c", "n", "o", "p"]])
        // Both are known to be correct for the query.
        #expect(set.positives[0] == Set(["b", "c"].compactMap { set.passages.number(of: $0) }))
    }

    @Test func `may name documents of a corpus, whose other texts are correct too`() throws {
        let corpus = """
            {"id": "d1", "question": "one", "alternates": ["uno"]}
            {"id": "2", "question": "two"}
            """
        let set = try read(
            ["a.jsonl": #"{"query": "a", "positive_id": ["d1", 2]}"# + "\n" + #"{"query": "b", "docid": "2", "label": 0}"#],
            corpus: corpus)
        #expect(texts(set) == [["a", "one"], ["a", "two"], ["b", "two"]])
        #expect(set.positives[0].count == 3)
        #expect(set.positives[1].isEmpty)
        #expect(set.documents.map(\.count) == [2, 1])
    }

    @Test func `have their scores scaled, and labels taken from them`() throws {
        let csv = "sentence1,sentence2,score\na,b,0\nc,d,5\ne,f,2\n"
        let set = try read(["a.csv": csv])
        #expect(set.pairs.map(\.score) == [0, 1, 0.4])
        #expect(set.pairs.map(\.label) == [0, 1, 0])
        #expect(set.isGraded)
        #expect(try read(["a.csv": csv], positiveFrom: 0.3).pairs.map(\.label) == [0, 1, 1])
    }

    @Test(arguments: [
        (#"{"query": "a"}"#, ["a.jsonl:1", "positive", "\"query\""]),
        (#"{"positive": "a"}"#, ["a.jsonl:1", "query", "\"positive\""]),
        (#"{"query": 1, "positive": "b"}"#, ["a.jsonl:1", "\"query\" is a number"]),
        (#"{"query": "a", "positive": "b", "label": 0.3}"#, ["a.jsonl:1", "\"label\"", "--score-field"]),
        (#"{"query": "a", "positive": "b", "label": "yes"}"#, ["a.jsonl:1", "\"label\"", "--score-field"]),
        (#"{"query": "a", "positive": "b", "score": "nan"}"#, ["a.jsonl:1", "\"score\"", "finite"]),
        (#"{"query": "a", "positive": "b", "score": "inf"}"#, ["a.jsonl:1", "\"score\"", "finite"]),
        (#"{"query": "a", "positive": "b", "negatives": [1]}"#, ["a.jsonl:1", "\"negatives\""]),
        (#"{"query": "a", "positive_id": "x"}"#, ["\"x\"", "--corpus"]),
        ("", ["a.jsonl", "no pairs"]),
    ])
    func `are refused with their line and field`(text: String, message: [String]) {
        let error = #expect(throws: (any Error).self) { try read(["a.jsonl": text]) }
        for part in message { #expect("\(error.map { "\($0)" } ?? "")".contains(part)) }
    }

    @Test func `list every id that the corpus lacks`() {
        let pairs = (1...12).map { #"{"query": "a", "docid": "x\#($0)"}"# }.joined(separator: "\n")
        let error = #expect(throws: TrainingError.self) {
            try read(["a.jsonl": pairs], corpus: #"{"id": "d", "question": "q"}"#)
        }
        #expect(error?.reason.contains("\"x1\"") == true)
        #expect(error?.reason.contains("and 2 more") == true)
    }

    @Test func `may be queries and qrels, of TREC or of BEIR`() throws {
        try withTemporaryFolder { folder in
            func write(_ name: String, _ text: String) throws {
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            }
            try write("queries.jsonl", #"{"id": "q1", "text": "a"}"# + "\n" + #"{"_id": "q2", "text": "b"}"#)
            try write("corpus.jsonl", #"{"id": "d1", "text": "one"}"# + "\n" + #"{"id": "d2", "text": "two"}"#)
            try write("trec.txt", "q1 0 d1 1\nq2 0 d2 0\n")
            try write("beir.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t0\n")
            for qrels in ["trec.txt", "beir.tsv"] {
                var reader = PairReader(
                    fields: PairFields(), positiveFrom: 0.5,
                    corpus: try Corpus([CorpusFile(path: "\(folder)/corpus.jsonl")]))
                try reader.read(queries: "\(folder)/queries.jsonl", qrels: "\(folder)/\(qrels)")
                let set = try reader.pairSet(scoreRange: nil)
                #expect(texts(set) == [["a", "one"], ["b", "two"]])
                #expect(set.pairs.map(\.label) == [1, 0])
            }
        }
    }
}
