import ArgumentParser
import Contrastive

extension TrainingSettings.Loss: ExpressibleByArgument {}
extension EmbeddingNormalization: ExpressibleByArgument {}
extension BatchPolicyKind: ExpressibleByArgument {}
extension LearningRateSchedule: ExpressibleByArgument {}
extension DevelopmentMetric: ExpressibleByArgument {}

private let defaults = TrainingSettings()

/// What is minimized.
struct LossOptions: ParsableArguments {
    @Option(
        help: "Batch-Softmax Contrastive, a baseline, or BSC with a regression. MSE reads labels and scores, not negatives.")
    var loss = defaults.loss

    @Flag(inversion: .prefixedNo, help: "BSC over rows and columns, or rows alone.")
    var symmetric = defaults.symmetric

    @Option(help: "What is done to embeddings before BSC multiplies them.")
    var normalization = defaults.normalization

    @Option(parsing: .unconditional, help: ArgumentHelp("τ: lower looks harder at the nearest negatives.", valueName: "number"))
    var temperature = defaults.temperature

    @Flag(inversion: .prefixedNo, help: "Learn τ, from --temperature on.")
    var learnTemperature = defaults.learnsTemperature

    @Option(parsing: .unconditional, help: ArgumentHelp("The learning rate of 1/τ.", valueName: "number"))
    var temperatureRate = defaults.temperatureRate

    @Option(parsing: .unconditional, help: ArgumentHelp("The share of BSC in bsc+mse and bsc+pearson.", valueName: "share"))
    var mu = defaults.mu

    @Option(parsing: .unconditional, help: ArgumentHelp("By how much cosines of triplets should differ.", valueName: "number"))
    var margin = defaults.margin

    @Flag(inversion: .prefixedNo, help: "Leave other known answers and equal texts out of a pair's negatives.")
    var maskPositives = defaults.masksPositives

    @Option(parsing: .unconditional, help: ArgumentHelp("The weight of SimCSE beside the pairs.", valueName: "number"))
    var simcseWeight = defaults.simcseWeight

    func apply(to settings: inout TrainingSettings) {
        settings.loss = loss
        settings.symmetric = symmetric
        settings.normalization = normalization
        settings.temperature = temperature
        settings.learnsTemperature = learnTemperature
        settings.temperatureRate = temperatureRate
        settings.mu = mu
        settings.margin = margin
        settings.masksPositives = maskPositives
        settings.simcseWeight = simcseWeight
    }
}

/// Which pairs come together.
struct BatchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Pairs a batch (default: \(defaults.batchSize), or all if fewer).", valueName: "n"))
    var batchSize: Int?

    @Option(help: "How pairs come together in batches.")
    var policy = defaults.policy

    @Option(help: ArgumentHelp("Pairs a group of similar ones (default: \(defaults.groupSize)).", valueName: "n"))
    var groupSize: Int?

    @Option(help: ArgumentHelp("How many nearest queries a group is chosen from.", valueName: "n"))
    var neighbours = defaults.neighbours

    @Flag(inversion: .prefixedNo, help: "Let pairs with the same query or passage share a group.")
    var equalTextsInGroups = defaults.equalTextsInGroups

    @Option(help: ArgumentHelp("How many clusters for --policy kmeans (default: pairs / 4 / group size).", valueName: "n"))
    var clusters: Int?

    @Option(help: ArgumentHelp("Tokens in memory at once; larger batches go in portions.", valueName: "n"))
    var chunkTokens = defaults.chunkTokens

    func apply(to settings: inout TrainingSettings) {
        if let batchSize { settings.batchSize = batchSize }
        settings.policy = policy
        settings.groupSize = groupSize ?? min(settings.groupSize, max(2, settings.batchSize))
        settings.neighbours = neighbours
        settings.equalTextsInGroups = equalTextsInGroups
        settings.clusters = clusters
        settings.chunkTokens = chunkTokens
    }
}

/// How the model changes.
struct OptimizerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How often every pair is seen.", valueName: "n"))
    var epochs = defaults.epochs

    @Option(parsing: .unconditional, help: ArgumentHelp("The learning rate at its height.", valueName: "number"))
    var rate = defaults.rate

    @Option(help: "How the rate goes down.")
    var schedule = defaults.schedule

    @Option(help: ArgumentHelp("The share of the training in which the rate rises.", valueName: "share"))
    var warmup = defaults.warmup

    @Option(help: ArgumentHelp("How much weights shrink, by the rate.", valueName: "number"))
    var weightDecay = defaults.weightDecay

    @Option(help: ArgumentHelp("ε of AdamW.", valueName: "number"))
    var epsilon = defaults.epsilon

    @Flag(inversion: .prefixedNo, help: "AdamW's correction of the first steps' moments.")
    var biasCorrection = defaults.biasCorrection

    @Option(help: ArgumentHelp("The longest that gradients may be together; 0 for any length.", valueName: "number"))
    var clip = defaults.clip

    @Option(help: ArgumentHelp("Keep the embeddings and this many layers as they are.", valueName: "n"))
    var freezeLayers = defaults.frozenLayers

    @Option(help: ArgumentHelp("In place of the model's own rates of dropout.", valueName: "share"))
    var dropout: Float?

    @Option(help: ArgumentHelp("Another number gives another training.", valueName: "n"))
    var seed = defaults.seed

    func apply(to settings: inout TrainingSettings) {
        settings.epochs = epochs
        settings.rate = rate
        settings.schedule = schedule
        settings.warmup = warmup
        settings.weightDecay = weightDecay
        settings.epsilon = epsilon
        settings.biasCorrection = biasCorrection
        settings.clip = clip
        settings.frozenLayers = freezeLayers
        settings.dropout = dropout
        settings.seed = seed
    }
}

/// How the best weights are found.
struct JudgingOptions: ParsableArguments {
    @Option(help: "What development pairs measure (default: what fits them).")
    var metric: DevelopmentMetric?

    @Option(help: ArgumentHelp("Judge every n steps too, not only after each epoch.", valueName: "n"))
    var evalSteps = defaults.evalSteps

    @Option(help: ArgumentHelp("End after n judgements without a gain; 0 for never.", valueName: "n"))
    var patience = defaults.patience

    @Option(help: ArgumentHelp("Keep what --resume needs every so often, besides after each epoch.", valueName: "seconds"))
    var checkpointSeconds = 60.0

    func validate() throws {
        if !(checkpointSeconds >= 0) {
            throw ValidationError("--checkpoint-seconds is \(checkpointSeconds), expected 0 or more")
        }
    }

    func apply(to settings: inout TrainingSettings) {
        settings.metric = metric
        settings.evalSteps = evalSteps
        settings.patience = patience
    }
}
