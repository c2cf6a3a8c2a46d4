internal import Foundation
package import Tensors

/// AdamW over a model's parameters, and over α = 1/τ where it is learned.
///
/// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019; β are 0.9 and 0.999.
package struct Optimizer: Sendable {
    private static let beta1 = 0.9
    private static let beta2 = 0.999
    /// τ stays in these bounds.
    package static let temperatures = 0.001...10.0

    private let settings: TrainingSettings
    package var state: State

    /// What a checkpoint keeps, beside the moments of the parameters.
    package struct State: Sendable, Equatable {
        /// Steps done.
        package var step = 0
        /// α = 1/τ and its moments.
        package var inverseTemperature: Double
        package var mean = 0.0
        package var square = 0.0
    }

    package init(_ settings: TrainingSettings) {
        self.settings = settings
        state = State(inverseTemperature: 1 / settings.temperature)
    }

    /// The learning rate where a share of the training is done, in [0, 1].
    package func rate(progress: Double) -> Double {
        settings.rate * settings.schedule.factor(progress: progress, warmup: settings.warmup)
    }

    /// One step.
    ///
    /// - Parameters:
    ///   - rate: the learning rate of the parameters; that of α follows the same schedule.
    ///   - temperatureGradient: the derivative with respect to α.
    ///   - norm: the length of all gradients of `parameters`.
    package mutating func step(
        _ parameters: TrainableParameters, rate: Double, norm: Double,
        temperatureGradient: Double, with worker: Worker
    ) throws(TensorError) {
        state.step += 1
        let corrects = settings.biasCorrection
        let meanCorrection = corrects ? 1 / (1 - pow(Self.beta1, Double(state.step))) : 1
        let squareCorrection = corrects ? 1 / (1 - pow(Self.beta2, Double(state.step))) : 1
        // As PyTorch's `clip_grad_norm_`.
        let scale = settings.clip > 0 ? min(1, settings.clip / (norm + 1e-6)) : 1
        try parameters.update(
            TrainableParameters.Step(
                rate: Float(rate), beta1: Float(Self.beta1), beta2: Float(Self.beta2),
                epsilon: Float(settings.epsilon), decay: Float(settings.weightDecay),
                meanCorrection: Float(meanCorrection), squareCorrection: Float(squareCorrection),
                gradientScale: Float(scale)),
            with: worker)
        guard settings.learnsTemperature else { return }
        state.mean = Self.beta1 * state.mean + (1 - Self.beta1) * temperatureGradient
        state.square =
            Self.beta2 * state.square + (1 - Self.beta2) * temperatureGradient * temperatureGradient
        let factor = rate / settings.rate
        let root = (state.square * squareCorrection).squareRoot() + settings.epsilon
        state.inverseTemperature -=
            settings.temperatureRate * factor * state.mean * meanCorrection / root
        state.inverseTemperature = min(
            max(state.inverseTemperature, 1 / Self.temperatures.upperBound),
            1 / Self.temperatures.lowerBound)
    }
}
