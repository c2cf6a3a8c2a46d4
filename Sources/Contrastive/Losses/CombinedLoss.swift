package import Tensors

/// μ · contrastive + (1 − μ) · regression: the paper's combination of BSC with the mean squared error
/// or the negative Pearson correlation (Chernyavskiy et al. 2022, section 3).
package struct CombinedLoss: PairLoss {
    package let contrastive: any PairLoss
    package let regression: any PairLoss
    /// In [0, 1].
    package let mu: Double

    package var usesTemperature: Bool { contrastive.usesTemperature || regression.usesTemperature }
    /// A batch of labelled negatives alone still teaches the regression.
    package var needsPositives: Bool { mu == 1 && contrastive.needsPositives }

    package init(_ contrastive: any PairLoss, _ regression: any PairLoss, mu: Double) {
        precondition((0...1).contains(mu))
        self.contrastive = contrastive
        self.regression = regression
        self.mu = mu
    }

    package func evaluate(
        _ batch: LossBatch, inverseTemperature: Double, with worker: Worker
    ) throws(TensorError) -> LossValue {
        var result = LossValue(for: batch)
        result.add(
            try contrastive.evaluate(batch, inverseTemperature: inverseTemperature, with: worker),
            weight: mu)
        result.add(
            try regression.evaluate(batch, inverseTemperature: inverseTemperature, with: worker),
            weight: 1 - mu)
        return result
    }
}
