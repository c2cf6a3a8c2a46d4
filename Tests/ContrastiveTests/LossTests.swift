import BiEncoder
import Contrastive
import Tensors
import TestSupport
import Testing

@Suite struct `Losses and gradients of the reference` {
    @Test func `cover every case that the script made`() throws {
        #expect(try Set(TrainingFixture().names) == Set(TrainingFixture.names))
    }

    @Test(arguments: TrainingFixture.names)
    func `equal PyTorch's, back to every parameter`(name: String) throws {
        let reference = try TrainingFixture()
        let found = try reference.case(name)
        let encoder = try loadForTraining()
        let worker = try Worker(threads: 2)
        let texts = encoder.tokenize(reference.texts(found))
        let pass = try TrainingPass(
            encoder, texts, members: 0..<texts.count, rates: encoder.dropoutRates, seed: nil,
            recording: true, with: worker)
        let loss = try found.loss.evaluate(
            found.batch(pass.vectors, dimensions: encoder.dimensions),
            inverseTemperature: 1 / found.temperature, with: worker)
        #expect(abs(loss.value - found.value) <= 1e-5)
        #expect(relativeDifference(loss.anchors, try reference.gradient(name, "anchors")) <= 1e-4)
        #expect(relativeDifference(loss.candidates, try reference.gradient(name, "candidates")) <= 1e-4)
        #expect(
            relativeDifference([Float(loss.inverseTemperature)], try reference.gradient(name, "alpha"))
                <= 1e-4)

        try pass.backward((loss.anchors + loss.candidates).span)
        for (parameter, gradient) in numbers(encoder, .gradient) {
            // The true gradient of the keys' bias is 0: softmax does not see a constant. Rounding
            // leaves something there, measured against the queries' bias.
            let scale = parameter.hasSuffix("key.bias")
                ? parameter.replacing("key.bias", with: "query.bias") : parameter
            let expected = try reference.gradient(name, parameter)
            if scale != parameter {
                let largest = try reference.gradient(name, scale).reduce(0) { max($0, abs($1)) }
                #expect(zip(gradient, expected).allSatisfy { abs($0 - $1) <= 1e-4 * largest + 1e-8 })
            } else {
                #expect(relativeDifference(gradient, expected) <= 1e-4, "\(parameter)")
            }
        }
    }
}

@Suite struct `A loss's derivatives` {
    /// Random embeddings that are far from every corner of a loss.
    private func batch(_ found: TrainingFixture.Case) -> LossBatch {
        var random = SplitMix64(seed: 77)
        let n = found.labels.count
        return found.batch(random.floats((2 * n + found.negativeCount) * 5), dimensions: 5)
    }

    @Test(arguments: TrainingFixture.names)
    func `agree with differences`(name: String) throws {
        let found = try TrainingFixture().case(name)
        let worker = try Worker(threads: 1)
        let batch = self.batch(found)
        let alpha = 1 / found.temperature
        func value(_ anchors: [Float], _ candidates: [Float], _ alpha: Double) throws -> Double {
            try found.loss.evaluate(
                LossBatch(
                    anchors: anchors, candidates: candidates, dimensions: 5, labels: batch.labels,
                    scores: batch.scores, excluded: batch.excluded,
                    hardNegatives: batch.hardNegatives),
                inverseTemperature: alpha, with: worker
            ).value
        }
        let loss = try found.loss.evaluate(batch, inverseTemperature: alpha, with: worker)
        let scale = (loss.anchors + loss.candidates).reduce(0) { max($0, abs(Double($1))) }
        let step: Float = 2e-3
        func compare(_ gradient: [Float], _ side: String, _ move: (Int, Float) throws -> Double) throws {
            for index in gradient.indices {
                let difference = try (move(index, step) - move(index, -step)) / Double(2 * step)
                #expect(abs(Double(gradient[index]) - difference) <= 1e-2 * scale, "\(side)[\(index)]")
            }
        }
        try compare(loss.anchors, "anchors") { index, step in
            var moved = batch.anchors
            moved[index] += step
            return try value(moved, batch.candidates, alpha)
        }
        try compare(loss.candidates, "candidates") { index, step in
            var moved = batch.candidates
            moved[index] += step
            return try value(batch.anchors, moved, alpha)
        }
        if found.loss.usesTemperature {
            let difference =
                try (value(batch.anchors, batch.candidates, alpha * 1.001)
                    - value(batch.anchors, batch.candidates, alpha * 0.999)) / (0.002 * alpha)
            #expect(abs(loss.inverseTemperature - difference) <= 1e-2 * abs(difference) + 1e-4)
        }
    }

    @Test func `are nothing for a labelled negative by itself`() throws {
        let worker = try Worker(threads: 1)
        let loss = try BatchSoftmaxContrastive().evaluate(
            LossBatch(anchors: [1, 2], candidates: [2, 1], dimensions: 2, labels: [0]),
            inverseTemperature: 10, with: worker)
        #expect(loss.value == 0)
        #expect((loss.anchors + loss.candidates).allSatisfy { $0 == 0 })
    }

    @Test func `do not push an excluded candidate away`() throws {
        // The second pair's passage answers the first query too.
        let worker = try Worker(threads: 1)
        func gradient(_ excluded: [[Int]]) throws -> [Float] {
            try BatchSoftmaxContrastive(symmetric: false).evaluate(
                LossBatch(
                    anchors: [1, 0, 0, 1], candidates: [0.9, 0.1, 0.8, 0.2], dimensions: 2,
                    labels: [1, 0], excluded: excluded),
                inverseTemperature: 5, with: worker
            ).candidates
        }
        #expect(try gradient([[], []])[2] != 0)
        #expect(try gradient([[1], []]).allSatisfy { $0 == 0 })
    }

    @Test func `take no excluded candidate for a triplet's negative, not even a given one`() throws {
        let worker = try Worker(threads: 1)
        func candidates(_ excluded: [[Int]]) throws -> [Float] {
            try TripletMargin().evaluate(
                LossBatch(
                    anchors: [1, 0, 0, 1], candidates: [0.9, 0.1, 0.8, 0.2, 0.7, 0.3], dimensions: 2,
                    labels: [1, 0], excluded: excluded, hardNegatives: [[2], []]),
                inverseTemperature: 1, with: worker
            ).candidates
        }
        func isMoved(_ candidate: Int, _ gradient: [Float]) -> Bool { gradient[2 * candidate] != 0 }
        let given = try candidates([[], []])
        #expect(isMoved(2, given) && !isMoved(1, given))
        // In its place the next right side of the batch.
        let masked = try candidates([[2], []])
        #expect(!isMoved(2, masked) && isMoved(1, masked))
    }
}
