import BiEncoder
import Contrastive
import JSON

extension TrainCommand {
    /// Every option with its value, as YAML that `--config` reads. Values are written as JSON, which
    /// YAML contains.
    ///
    /// - Parameters: what a training makes of the options, so that what hangs on data, model and machine
    ///   is told too; without them it is left open.
    func configuration(of trainer: Trainer? = nil, _ encoder: BiEncoder? = nil) -> String {
        let settings = trainer?.settings ?? self.settings
        let sizes = trainer == nil
            ? (batch: batches.batchSize, group: batches.groupSize) : (settings.batchSize, settings.groupSize)
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        func list(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }
        func integer(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
        let options: [(String, JSONValue)] = [
            ("model", .string(model.model ?? ModelLibrary.defaultModel)), ("prompts", .string(model.prompts.choice.name)),
            ("precision", .string(model.precision.rawValue)),
            ("max-length", integer(encoder?.maximumLength ?? model.maxLength)),
            ("threads", integer(encoder?.threads ?? model.processors.threads)),
            ("pairs", list(data.pairs)), ("dev", text(data.dev)),
            ("dev-fraction", .number(data.devFraction)), ("corpus", list(data.corpus)),
            ("queries", text(data.queries)), ("qrels", text(data.qrels)),
            ("encoding", .string(data.encoding.value.name)), ("unlabelled", text(data.unlabelled)),
            ("query-field", text(data.fields.queryField)),
            ("positive-field", text(data.fields.positiveField)),
            ("positive-id-field", text(data.fields.positiveIdField)),
            ("label-field", text(data.fields.labelField)),
            ("score-field", text(data.fields.scoreField)), ("positive-from", .number(data.positiveFrom)),
            ("loss", .string(settings.loss.rawValue)), ("symmetric", .bool(settings.symmetric)),
            ("normalization", .string(settings.normalization.rawValue)),
            ("temperature", .number(settings.temperature)),
            ("learn-temperature", .bool(settings.learnsTemperature)),
            ("temperature-rate", .number(settings.temperatureRate)), ("mu", .number(settings.mu)),
            ("margin", .number(settings.margin)), ("mask-positives", .bool(settings.masksPositives)),
            ("simcse-weight", .number(settings.simcseWeight)),
            ("batch-size", integer(sizes.batch)), ("policy", .string(settings.policy.rawValue)),
            ("group-size", integer(sizes.group)), ("neighbours", .integer(settings.neighbours)),
            ("equal-texts-in-groups", .bool(settings.equalTextsInGroups)),
            ("clusters", integer(settings.clusters)), ("chunk-tokens", .integer(settings.chunkTokens)),
            ("epochs", .integer(settings.epochs)), ("rate", .number(settings.rate)),
            ("schedule", .string(settings.schedule.rawValue)), ("warmup", .number(settings.warmup)),
            ("weight-decay", .number(settings.weightDecay)), ("epsilon", .number(settings.epsilon)),
            ("bias-correction", .bool(settings.biasCorrection)), ("clip", .number(settings.clip)),
            ("freeze-layers", .integer(settings.frozenLayers)),
            ("dropout", settings.dropout.map { .number(Double($0)) } ?? .null),
            ("seed", .string("\(settings.seed)")),
            ("metric", text((trainer?.metric ?? settings.metric)?.rawValue)),
            ("eval-steps", .integer(settings.evalSteps)), ("patience", .integer(settings.patience)),
            ("checkpoint-seconds", .number(judging.checkpointSeconds)),
            ("allow-overlap", .bool(data.allowOverlap)),
        ]
        return options.map { "\($0.0): \($0.1)\n" }.joined()
    }
}

extension TrainingResult {
    func json(folder: String) -> JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        return [
            "model": .string(folder), "steps": .integer(steps),
            "metric": metric.map { .string($0.rawValue) } ?? .null, "judged": .integer(judged),
            "before": number(baseScore),
            "after": keptStep == 0 ? number(baseScore) : number(bestScore),
            "kept_step": .integer(keptStep), "tokens": .integer(tokens), "seconds": .number(seconds),
        ]
    }
}
