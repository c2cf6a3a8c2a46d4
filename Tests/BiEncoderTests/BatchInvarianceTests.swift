import BiEncoder
import Tensors
import TestSupport
import Testing

@Suite struct `A text's vector` {
    @Test(arguments: ["bert-mean", "bert-cls-f16", "roberta", "luke", "mpnet", "modernbert"], Precision.allCases.filter(\.isSupported))
    func `has the same bits alone and in any batch, at any number of threads`(
        name: String, precision: Precision
    ) throws {
        let texts = try ModelFixture(name).texts
        let path = fixture("models/\(name)")
        let alone = try BiEncoder(modelAt: path, precision: precision, threads: 1)
        let reference = try texts.map { try alone.embed($0) }
        var random = SplitMix64(seed: 9)
        for threads in [1, 2, 3] {
            let encoder = try BiEncoder(modelAt: path, precision: precision, threads: threads)
            for _ in 0..<50 {
                let count = Int.random(in: 1...150, using: &random)
                let members = (0..<count).map { _ in Int.random(in: texts.indices, using: &random) }
                let limit = Int.random(in: 1...700, using: &random)
                let embeddings = try encoder.embed(members.map { texts[$0] }, batchTokens: limit)
                for (row, member) in members.enumerated() {
                    #expect(embeddings[row].elementsEqual(reference[member]))
                }
            }
        }
    }

    @Test func `has the same bits when threads sleep while they wait for each other`() throws {
        let texts = try ModelFixture("bert-mean").texts
        let path = fixture("models/bert-mean")
        let reference = try BiEncoder(modelAt: path, threads: 1).embed(texts).values
        for _ in 0..<2 { Arithmetic.shareProcessors() }
        #expect(try BiEncoder(modelAt: path, threads: 3).embed(texts).values == reference)
    }

    @Test(.enabled(if: Precision.bf16.isSupported, "this processor has no bf16 instructions"))
    func `is nearly the same in bf16`() throws {
        let model = try ModelFixture("bert-mean")
        let encoder = try BiEncoder(modelAt: model.path, precision: .bf16)
        let embeddings = try encoder.embed(model.texts)
        let expected = try model.expected()
        // Weights of this fixture are ten times those of real models, and so are its errors.
        for row in model.texts.indices { #expect(cosine(embeddings[row], expected[row]) > 0.998) }
    }

    @Test func `is the same from several threads at once`() async throws {
        let texts = try ModelFixture("bert-mean").texts
        let encoder = try BiEncoder(modelAt: fixture("models/bert-mean"), threads: 1)
        let reference = try encoder.embed(texts).values
        try await withThrowingTaskGroup(of: [Float].self) { group in
            for _ in 0..<8 { group.addTask { try encoder.embed(texts).values } }
            for try await values in group { #expect(values == reference) }
        }
    }
}
