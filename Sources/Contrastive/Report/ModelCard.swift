internal import BiEncoder
internal import Tensors

/// The `README.md` of a trained model.
struct ModelCard {
    let model: TrainedModel

    var text: String {
        let (encoder, result) = (model.encoder, model.result)
        let name = ModelFolder.name(of: encoder.folder.path)
        var lines = [
            "---", "library_name: sentence-transformers", "pipeline_tag: sentence-similarity",
            "tags: [sentence-transformers, sentence-similarity, feature-extraction, kotae]", "---",
            "", "# \(name), fine-tuned with Kotae", "",
            "A sentence bi-encoder of \(encoder.dimensions) dimensions that reads up to "
                + "\(encoder.maximumLength) tokens, fine-tuned from `\(name)` with the Batch-Softmax "
                + "Contrastive loss (Chernyavskiy et al., NAACL 2022) or a relative of it. "
                + "`training/index.html` shows how it went.",
            "", "## Data", "", data, "", "## Parameters", "", "| option | value |", "|---|---|",
        ]
        lines += parameters.map { "| \($0.name) | \($0.value) |" }
        lines += ["", "Every option is in `training/config.yaml`."]
        if let metric = result.metric, let base = result.baseScore, let best = result.bestScore {
            let unseen = model.overlaps
                ? ", some texts of which stand in the training data too" : ", which training did not see"
            lines += [
                "", "## Scores", "", "On \(result.judged) development items\(unseen):",
                "", "| model | \(metric.title) |", "|---|---|", "| base | \(score(base)) |",
                "| this | \(score(best)) |",
            ]
            if result.keptStep == 0 {
                lines += ["", "Nothing that was learned beat the base model, so these are its weights."]
            }
        }
        lines += [
            "", "## Use", "", "```", "kotae index build faq --corpus faq.csv --model PATH", "```", "",
            "```python", "from sentence_transformers import SentenceTransformer",
            "model = SentenceTransformer(\"PATH\")", "```", "",
        ]
        return lines.joined(separator: "\n")
    }

    private var data: String {
        let summary = model.summary
        var parts: [String] = []
        if summary.pairs > 0 {
            parts.append(
                "\(summary.pairs) pairs: \(summary.positives) that belong together, \(summary.labelledNegatives) "
                    + "labelled negatives, \(summary.hardNegatives) hard negatives; \(summary.distinctQueries) "
                    + "distinct queries.")
        }
        if model.unlabelled > 0 { parts.append("\(model.unlabelled) texts without labels.") }
        if !model.files.isEmpty { parts.append("From \(model.files.map { "`\($0)`" }.joined(separator: ", ")).") }
        parts.append("`training/texts.sha256` has a hash of each text.")
        return parts.joined(separator: " ")
    }

    private var parameters: [(name: String, value: String)] {
        let settings = model.settings
        return [
            ("loss", model.summary.pairs == 0 ? "SimCSE" : settings.loss.rawValue),
            ("temperature", "\(settings.temperature)" + (settings.learnsTemperature ? ", learned" : "")),
            ("batch-size", "\(settings.batchSize)"), ("policy", settings.policy.rawValue),
            ("group-size", "\(settings.groupSize)"), ("epochs", "\(settings.epochs)"), ("rate", "\(settings.rate)"),
            ("schedule", settings.schedule.rawValue), ("seed", "\(settings.seed)"),
            ("precision", model.encoder.precision.rawValue),
        ]
    }

    private func score(_ value: Double) -> String {
        "\((value * 10_000).rounded() / 10_000)"
    }
}

extension DevelopmentMetric {
    /// As people write it.
    package var title: String {
        switch self {
        case .mrr: "MRR"
        case .map: "MAP"
        case .ap: "average precision"
        case .spearman: "Spearman's ρ"
        }
    }
}
