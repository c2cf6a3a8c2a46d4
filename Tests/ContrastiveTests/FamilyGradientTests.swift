import BiEncoder
import Contrastive
import TestSupport
import Tensors
import Testing

/// What PyTorch computed on the tiny models of the families beside BERT (tools/fixtures/gradients.py).
@Suite struct `Gradients of the other families` {
    private let queries = [
        "how do i change my password?", "cancel the order", "where is my parcel today", "pay by card", "close account",
    ]
    private let passages = [
        "password change: open the account page, then follow the steps that are shown there", "orders can be cancelled",
        "find the parcel with the number on the order", "the card and the bank",
        String(repeating: "help to close it and return the money ", count: 5),
    ]
    /// How each family calls the biases of keys and of queries.
    private let keysAndQueries = [
        ("key.bias", "query.bias"), ("k_lin.bias", "q_lin.bias"), ("attn.k.bias", "attn.q.bias"),
    ]

    @Test(arguments: ["roberta", "distilbert", "luke", "mpnet", "modernbert"])
    func `of BSC equal PyTorch's in every parameter`(family: String) throws {
        let reference = try Safetensors(contentsOf: fixture("training/families/\(family).safetensors"))
        func expected(_ name: String) throws -> [Float] {
            try reference.parameter(name, shape: reference.entries[name]?.shape ?? []).withValues { span in
                span.indices.map { span[$0] }
            }
        }
        let encoder = try loadForTraining(fixture("models/\(family)"))
        let worker = try Worker(threads: 2)
        let texts = encoder.tokenize(queries + passages)
        let pass = try TrainingPass(
            encoder, texts, members: 0..<texts.count, rates: encoder.dropoutRates, seed: nil, recording: true, with: worker)
        let split = queries.count * encoder.dimensions
        let loss = try BatchSoftmaxContrastive().evaluate(
            LossBatch(
                anchors: Array(pass.vectors[..<split]), candidates: Array(pass.vectors[split...]),
                dimensions: encoder.dimensions, labels: queries.map { _ in 1 }),
            inverseTemperature: 10, with: worker)
        #expect(abs(loss.value - Double(try expected("loss")[0])) <= 1e-5)

        try pass.backward((loss.anchors + loss.candidates).span)
        let gradients = numbers(encoder, .gradient)
        #expect(Set(reference.entries.keys).subtracting(["loss"]).isSubset(of: gradients.keys))
        for (parameter, gradient) in gradients {
            guard reference.entries[parameter] != nil else {
                // Not part of what a sentence is embedded with.
                #expect(gradient.allSatisfy { $0 == 0 }, "\(parameter)")
                continue
            }
            let expected = try expected(parameter)
            // As for BERT: what rounding leaves of the keys' bias is measured against the queries'.
            if let (key, query) = keysAndQueries.first(where: { parameter.hasSuffix($0.0) }) {
                let largest = try self.largest(reference, parameter.replacing(key, with: query))
                #expect(zip(gradient, expected).allSatisfy { abs($0 - $1) <= 1e-4 * largest + 1e-8 }, "\(parameter)")
            } else {
                #expect(relativeDifference(gradient, expected) <= 1e-4, "\(parameter)")
            }
        }
    }

    private func largest(_ file: Safetensors, _ name: String) throws -> Float {
        try file.parameter(name, shape: file.entries[name]?.shape ?? []).withValues { span in
            span.indices.reduce(0) { max($0, abs(span[$1])) }
        }
    }
}
