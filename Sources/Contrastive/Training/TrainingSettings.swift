package import BiEncoder

/// Everything that decides a training besides its data. Two trainings with the same settings, data,
/// number of threads and machine end with the same weights to the bit.
package struct TrainingSettings: Sendable, Equatable {
    /// What is minimized.
    package enum Loss: String, Sendable, CaseIterable {
        case bsc, mse, pearson, cosent, triplet
        /// μ · BSC + (1 − μ) · MSE, and with −Pearson in place of MSE.
        case bscMSE = "bsc+mse"
        case bscPearson = "bsc+pearson"
    }

    // The loss.
    package var loss = Loss.bsc
    /// Rows and columns, or rows alone.
    package var symmetric = true
    package var normalization = EmbeddingNormalization.unit
    /// τ, above 0; where it is learned, its first value.
    package var temperature = 0.05
    package var learnsTemperature = false
    /// The learning rate of α = 1/τ.
    package var temperatureRate = 0.1
    /// μ of combined losses, in [0, 1].
    package var mu = 0.5
    package var margin = 0.3
    /// Whether other known positives and equal texts are left out of a pair's negatives.
    package var masksPositives = true

    // The batches.
    package var batchSize = 32
    package var policy = BatchPolicyKind.model
    package var groupSize = 4
    package var neighbours = 200
    package var equalTextsInGroups = false
    package var clusters: Int?
    /// The most tokens that are on their way through the encoder at once; a larger batch goes in
    /// portions, with the same gradients.
    package var chunkTokens = 8192

    // The optimizer.
    package var epochs = 5
    package var rate = 5e-5
    package var schedule = LearningRateSchedule.linear
    /// The share of all steps in which the rate rises, in [0, 1].
    package var warmup = 0.1
    package var weightDecay = 0.01
    package var epsilon = 1e-6
    package var biasCorrection = true
    /// The longest that all gradients together may be; 0 for any length.
    package var clip = 1.0
    package var frozenLayers = 0
    /// In place of the model's own rates.
    package var dropout: Float?
    package var seed: UInt64 = 1

    // Judging.
    package var metric: DevelopmentMetric?
    /// Steps between evaluations besides those at the end of each epoch; 0 for none.
    package var evalSteps = 0
    /// Evaluations without a gain after which the training ends; 0 for never.
    package var patience = 0

    /// The weight of SimCSE on unlabelled texts beside the loss on pairs.
    package var simcseWeight = 0.1

    package init() {}

    /// - Throws: `TrainingError` that names the setting which is out of range.
    package func validate() throws(TrainingError) {
        func check(_ name: String, _ good: Bool, _ value: some CustomStringConvertible, _ right: String)
            throws(TrainingError)
        {
            guard good else { throw TrainingError("--\(name)", "is \(value), expected \(right)") }
        }
        try check("temperature", temperature > 0 && temperature.isFinite, temperature, "a number above 0")
        try check("temperature-rate", temperatureRate > 0 && temperatureRate.isFinite, temperatureRate, "a number above 0")
        try check("mu", (0...1).contains(mu), mu, "a number from 0 to 1")
        try check("margin", (0...2).contains(margin), margin, "a number from 0 to 2")
        try check("batch-size", batchSize >= 2, batchSize, "at least 2")
        try check("group-size", groupSize >= 2, groupSize, "at least 2")
        try check("group-size", groupSize <= batchSize, groupSize, "at most the batch size, \(batchSize)")
        try check("neighbours", neighbours >= 1, neighbours, "at least 1")
        if let clusters { try check("clusters", clusters >= 1, clusters, "at least 1") }
        try check("chunk-tokens", chunkTokens >= 1, chunkTokens, "at least 1")
        try check("epochs", epochs >= 1, epochs, "at least 1")
        try check("rate", rate > 0 && rate < 1, rate, "a number between 0 and 1")
        try check("warmup", (0...1).contains(warmup), warmup, "a number from 0 to 1")
        try check("weight-decay", (0..<1).contains(weightDecay), weightDecay, "a number from 0 to below 1")
        try check("epsilon", epsilon > 0 && epsilon < 1, epsilon, "a number between 0 and 1")
        try check("clip", clip >= 0 && clip.isFinite, clip, "0 or more")
        try check("freeze-layers", frozenLayers >= 0, frozenLayers, "0 or more")
        if let dropout { try check("dropout", (0..<1).contains(dropout), dropout, "a number from 0 to below 1") }
        try check("eval-steps", evalSteps >= 0, evalSteps, "0 or more")
        try check("patience", patience >= 0, patience, "0 or more")
        try check("simcse-weight", simcseWeight >= 0 && simcseWeight.isFinite, simcseWeight, "0 or more")
    }

    /// The loss that the settings ask for.
    package var pairLoss: any PairLoss {
        let contrastive = BatchSoftmaxContrastive(symmetric: symmetric, normalization: normalization)
        return switch loss {
        case .bsc: contrastive
        case .mse: MeanSquaredError()
        case .pearson: NegativePearson()
        case .cosent: CoSENT()
        case .triplet: TripletMargin(margin: margin)
        case .bscMSE: CombinedLoss(contrastive, MeanSquaredError(), mu: mu)
        case .bscPearson: CombinedLoss(contrastive, NegativePearson(), mu: mu)
        }
    }
}
