internal import JSON

/// Where a training stands, beside its numbers: what a checkpoint keeps so that the rest runs as if
/// nothing had happened.
struct TrainingState: Equatable {
    /// The epoch that is under way, from 0.
    var epoch = 0
    /// Its batches, formed when it began; empty between epochs.
    var batches: [[Int]] = []
    /// The next of them.
    var nextBatch = 0
    var optimizer: Optimizer.State
    /// The development score of the base model, and the best so far with the step that reached it;
    /// nil without development data. Step 0 is the base model.
    var baseScore: Double?
    var bestScore: Double?
    var bestStep = 0
    /// Evaluations since the best.
    var evaluationsWithoutGain = 0
    /// Bytes of the log that belong to the state.
    var logBytes = 0

    var isDone: Bool = false

    var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        return [
            "epoch": .integer(epoch),
            "batches": .array(batches.map { .array($0.map(JSONValue.integer)) }),
            "next_batch": .integer(nextBatch),
            "step": .integer(optimizer.step),
            "inverse_temperature": .number(optimizer.inverseTemperature),
            "inverse_temperature_mean": .number(optimizer.mean),
            "inverse_temperature_square": .number(optimizer.square),
            "base_score": number(baseScore),
            "best_score": number(bestScore),
            "best_step": .integer(bestStep),
            "evaluations_without_gain": .integer(evaluationsWithoutGain),
            "log_bytes": .integer(logBytes),
            "done": .bool(isDone),
        ]
    }

    /// Nil when something is missing or not what it should be.
    init?(_ json: JSONValue) {
        guard let epoch = json["epoch"]?.integer,
            let batches = json["batches"]?.array?.map({ $0.array?.compactMap(\.integer) ?? [] }),
            let nextBatch = json["next_batch"]?.integer, let step = json["step"]?.integer,
            let alpha = json["inverse_temperature"]?.double, alpha > 0,
            let mean = json["inverse_temperature_mean"]?.double,
            let square = json["inverse_temperature_square"]?.double,
            let bestStep = json["best_step"]?.integer,
            let without = json["evaluations_without_gain"]?.integer,
            let logBytes = json["log_bytes"]?.integer, let isDone = json["done"]?.bool,
            epoch >= 0, (0...batches.count).contains(nextBatch), step >= 0, logBytes >= 0
        else { return nil }
        self.epoch = epoch
        self.batches = batches
        self.nextBatch = nextBatch
        optimizer = Optimizer.State(
            step: step, inverseTemperature: alpha, mean: mean, square: square)
        baseScore = json["base_score"]?.double
        bestScore = json["best_score"]?.double
        self.bestStep = bestStep
        evaluationsWithoutGain = without
        self.logBytes = logBytes
        self.isDone = isDone
    }

    init(_ optimizer: Optimizer.State) { self.optimizer = optimizer }
}
