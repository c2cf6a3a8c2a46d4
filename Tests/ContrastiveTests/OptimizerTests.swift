import BiEncoder
import Contrastive
import Tensors
import TestSupport
import Testing

@Suite struct `AdamW` {
    @Test(arguments: [("corrected", true), ("plain", false)])
    func `goes where PyTorch goes in ten steps`(name: String, corrects: Bool) throws {
        let reference = try TrainingFixture()
        let expected = try Safetensors(contentsOf: fixture("training/adamw.safetensors"))
        let found = try reference.case("bsc")
        let encoder = try loadForTraining()
        let parameters = try #require(encoder.parameters)
        let worker = try Worker(threads: 2)
        let texts = encoder.tokenize(reference.texts(found))
        var settings = TrainingSettings()
        settings.rate = 1e-3
        settings.biasCorrection = corrects
        var optimizer = Optimizer(settings)
        for _ in 0..<10 {
            parameters.clearGradients(with: worker)
            let pass = try TrainingPass(
                encoder, texts, members: 0..<texts.count, rates: encoder.dropoutRates, seed: nil,
                recording: true, with: worker)
            let loss = try found.loss.evaluate(
                found.batch(pass.vectors, dimensions: encoder.dimensions),
                inverseTemperature: 1 / found.temperature, with: worker)
            try pass.backward((loss.anchors + loss.candidates).span)
            try optimizer.step(
                parameters, rate: 1e-3, norm: parameters.gradientNorm(with: worker),
                temperatureGradient: 0, with: worker)
        }
        let base = try Safetensors(contentsOf: "\(TrainingFixture.model)/model.safetensors")
        // A key's bias moves no softmax: its gradient is rounding alone, which AdamW scales up to whole
        // steps in both.
        for (parameter, values) in numbers(encoder) where !parameter.hasSuffix("key.bias") {
            let shape = try #require(base.entries[parameter]).shape
            try expected.parameter("\(name)/\(parameter)", shape: shape).withValues { span in
                for index in values.indices {
                    #expect(abs(values[index] - span[index]) <= 1e-6, "\(parameter)[\(index)]")
                }
            }
        }
    }

    @Test func `learns the temperature within its bounds`() throws {
        let encoder = try loadForTraining()
        let parameters = try #require(encoder.parameters)
        let worker = try Worker(threads: 1)
        var settings = TrainingSettings()
        settings.temperature = 0.1
        settings.learnsTemperature = true
        settings.temperatureRate = 0.4
        var optimizer = Optimizer(settings)
        try optimizer.step(
            parameters, rate: settings.rate, norm: 0, temperatureGradient: 3, with: worker)
        // Adam's first step has the length of its rate, whatever the gradient's.
        #expect(abs(optimizer.state.inverseTemperature - 9.6) < 1e-6)
        for _ in 0..<100_000 where optimizer.state.inverseTemperature > 0.1 {
            try optimizer.step(
                parameters, rate: settings.rate, norm: 0, temperatureGradient: 3, with: worker)
        }
        #expect(optimizer.state.inverseTemperature == 0.1)
    }

    @Test func `rises, then falls`() {
        func factors(_ schedule: LearningRateSchedule) -> [Double] {
            [0, 0.05, 0.1, 0.55, 1].map { schedule.factor(progress: $0, warmup: 0.1) }
        }
        func equal(_ a: [Double], _ b: [Double]) -> Bool { zip(a, b).allSatisfy { abs($0 - $1) < 1e-12 } }
        #expect(equal(factors(.linear), [0, 0.5, 1, 0.5, 0]))
        #expect(equal(factors(.cosine), [0, 0.5, 1, 0.5, 0]))
        #expect(equal(factors(.constant), [0, 0.5, 1, 1, 1]))
        #expect(LearningRateSchedule.cosine.factor(progress: 0.25, warmup: 0) > 0.85)
    }
}
