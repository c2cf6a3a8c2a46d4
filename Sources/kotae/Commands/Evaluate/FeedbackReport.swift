import Evaluation
import JSON

/// What feedback says of each model, and of each change of model.
struct FeedbackReport {
    let feedback: Feedback
    let confidence: Double

    private var changes: [(from: Feedback.OfModel, to: Feedback.OfModel)] {
        zip(feedback.models, feedback.models.dropFirst()).map { ($0, $1) }
    }

    private func difference(_ change: (from: Feedback.OfModel, to: Feedback.OfModel)) -> (value: Double, interval: ClosedRange<Double>) {
        change.to.share.difference(from: change.from.share, confidence: confidence)
    }

    var json: JSONValue {
        func range(_ range: ClosedRange<Double>) -> JSONValue {
            .array([.number(range.lowerBound), .number(range.upperBound)])
        }
        return [
            "task": "feedback", "opinions": .integer(feedback.models.reduce(0) { $0 + $1.opinions }),
            "models": .array(feedback.models.map { model in
                [
                    "model": .string(model.model), "from": .string(model.from), "to": .string(model.to),
                    "opinions": .integer(model.opinions), "resolved": .number(model.share.value),
                    "interval": range(model.share.interval(confidence: confidence)),
                    "resolved_by_first": .number(Double(model.resolvedByFirst) / Double(model.opinions)),
                    "MRR": .number(model.meanReciprocalRank),
                ]
            }),
            "changes": .array(changes.map { change in
                let difference = difference(change)
                return [
                    "from": .string(change.from.model), "to": .string(change.to.model),
                    "difference": .number(difference.value), "interval": range(difference.interval),
                ]
            }),
        ]
    }

    var text: String {
        func share(_ value: Double) -> String { "\(decimal(100 * value, 1)) %" }
        var lines = feedback.models.map { model in
            let interval = model.share.interval(confidence: confidence)
            return "model \(model.model.prefix(12)), \(model.from.prefix(10)) to \(model.to.prefix(10)): "
                + "\(grouped(model.opinions)) opinions, a hit helped in \(share(model.share.value)) "
                + "(\(decimal(100 * interval.lowerBound, 1))–\(decimal(100 * interval.upperBound, 1))), the first in "
                + "\(share(Double(model.resolvedByFirst) / Double(model.opinions))), MRR \(decimal(model.meanReciprocalRank, 3))"
        }
        for change in changes {
            let (value, interval) = difference(change)
            let isProved = !interval.contains(0)
            lines.append(
                "from \(change.from.model.prefix(12)) to \(change.to.model.prefix(12)): "
                    + "\(value < 0 ? "" : "+")\(decimal(100 * value, 1)) points (\(decimal(100 * interval.lowerBound, 1)) to "
                    + "\(decimal(100 * interval.upperBound, 1))), " + (isProved ? "more than chance" : "which may be chance"))
        }
        return lines.joined(separator: "\n")
    }
}
