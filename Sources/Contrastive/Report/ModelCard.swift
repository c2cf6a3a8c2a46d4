internal import BiEncoder

/// The `README.md` of a trained model.
struct ModelCard {
    let encoder: BiEncoder
    let result: TrainingResult
    let summary: PairSummary

    var text: String {
        let name = ModelFolder.name(of: encoder.folder.path)
        var lines = [
            "---", "library_name: sentence-transformers", "pipeline_tag: sentence-similarity",
            "tags: [sentence-transformers, sentence-similarity, feature-extraction, kotae]", "---",
            "", "# \(name), fine-tuned with Kotae", "",
            "A sentence bi-encoder of \(encoder.dimensions) dimensions that reads up to "
                + "\(encoder.maximumLength) tokens, fine-tuned from `\(name)` with the Batch-Softmax "
                + "Contrastive loss (Chernyavskiy et al., NAACL 2022) or a relative of it; every setting "
                + "is in `training/config.yaml`, and `training/index.html` shows how it went.",
            "", "## Data", "",
            "\(summary.pairs) pairs: \(summary.positives) that belong together, "
                + "\(summary.labelledNegatives) labelled negatives, \(summary.hardNegatives) hard "
                + "negatives; \(summary.distinctQueries) distinct queries. `training/texts.sha256` has a "
                + "hash of each text.",
        ]
        if let metric = result.metric, let base = result.baseScore, let best = result.bestScore {
            lines += [
                "", "## Scores", "", "On \(result.judged) held-out items, which training did not see:",
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
