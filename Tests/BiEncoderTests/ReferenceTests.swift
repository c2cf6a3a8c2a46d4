import BiEncoder
import Tokenization
import Tensors
import TestSupport
import Testing

@Suite struct `Embeddings of the reference` {
    static let models = [
        "bert-mean", "bert-cls-f16", "bert-max-bf16", "bert-prompts", "roberta", "distilbert", "luke",
        "mpnet", "modernbert",
    ]

    /// Compares with rows of the reference; values of models that do not normalize are larger.
    private func expectEqual(
        _ embeddings: Embeddings, _ expected: NumPyFile,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(embeddings.count == expected.rows, sourceLocation: sourceLocation)
        #expect(embeddings.dimensions == expected.columns, sourceLocation: sourceLocation)
        for row in 0..<expected.rows {
            let scale = expected[row].reduce(1) { max($0, abs($1)) }
            let difference = zip(embeddings[row], expected[row]).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(difference <= 1e-5 * scale, "text \(row)", sourceLocation: sourceLocation)
            #expect(
                cosine(embeddings[row], expected[row]) >= 0.999999, "text \(row)",
                sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: models)
    func `equal those of sentence-transformers`(name: String) throws {
        let model = try ModelFixture(name)
        let encoder = try BiEncoder(modelAt: model.path)
        #expect(model.texts.count == 40)
        for (text, ids) in zip(model.texts, model.ids) {
            #expect(encoder.tokenizer.encode(text, maximumLength: encoder.maximumLength).ids == ids)
        }
        expectEqual(try encoder.embed(model.texts), try model.expected())
    }

    @Test func `use the prompt of the role that is asked for`() throws {
        let model = try ModelFixture("bert-prompts")
        let encoder = try BiEncoder(modelAt: model.path)
        expectEqual(try encoder.embed(model.texts, as: .query), try model.expected("expected-query"))
        #expect(encoder.folder.prompts.prefix(for: .passage) == "passage: ")
        let written = try encoder.embed(model.texts.map { "passage: " + $0 })
        #expect(try encoder.embed(model.texts, as: .passage).values == written.values)
    }

    @Test(arguments: [
        ("weightedmean", "weightedmean"), ("lasttoken", "lasttoken"),
        ("mean_sqrt_len_tokens", "mean_sqrt_len"),
    ])
    func `follow the folder's pooling`(mode: String, file: String) throws {
        let model = try ModelFixture("bert-mean")
        try withCopy(of: "bert-mean") { copy in
            let config = #"{"embedding_dimension": 48, "pooling_mode": "\#(mode)", "include_prompt": true}"#
            try removeNormalize(copy)
            try write(config.utf8, to: "\(copy)/1_Pooling/config.json")
            let encoder = try BiEncoder(modelAt: copy)
            expectEqual(try encoder.embed(model.texts), try model.expected("expected-\(file)"))
        }
    }

    private func removeNormalize(_ folder: String) throws {
        let modules = #"""
            [{"type": "sentence_transformers.models.Transformer", "path": ""},
             {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"}]
            """#
        try write(modules.utf8, to: "\(folder)/modules.json")
    }

    @Test func `of several poolings stand side by side, in the order of the old keys`() throws {
        let model = try ModelFixture("bert-mean")
        try withCopy(of: "bert-mean") { copy in
            try removeNormalize(copy)
            func embed(_ modes: String) throws -> Embeddings {
                try write(#"{"pooling_mode": \#(modes)}"#.utf8, to: "\(copy)/1_Pooling/config.json")
                return try BiEncoder(modelAt: copy).embed(model.texts)
            }
            let both = try embed(#"["mean", "cls"]"#)
            let (cls, mean) = (try embed(#""cls""#), try embed(#""mean""#))
            #expect(both.dimensions == 96)
            for row in model.texts.indices {
                #expect(Array(both[row]) == Array(cls[row]) + Array(mean[row]))
            }
        }
    }

    @Test func `count the tokens read and the tokens cut`() throws {
        let encoder = try BiEncoder(modelAt: fixture("models/bert-mean"), maximumLength: 6)
        let embeddings = try encoder.embed(["a b", "a b c d e f", ""])
        #expect(embeddings.tokens == [4, 6, 2])
        #expect(embeddings.cut == [0, 2, 0])
        #expect(embeddings.truncated == 1)
    }

    @Test func `of no texts are none`() throws {
        let encoder = try BiEncoder(modelAt: fixture("models/bert-mean"))
        #expect(try encoder.embed([String]()).count == 0)
    }
}
