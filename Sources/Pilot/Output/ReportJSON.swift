package import JSON

extension PilotReport {
    /// `report.json`: the whole report for other programs. Keys stay as they are; new ones may come.
    /// Shares are from 0 to 1, what is unknown is null, and an estimate is `{"value", "interval": [low, high]}`.
    ///
    /// - `format`: 1. `name`, `date`, `metric`, `confidence` of the intervals.
    /// - `verdict`: `chosen` (a candidate's id), `choice` ("none", "only", "keywords", "uncompared", or
    ///   what the comparison with keyword search proves: "better", "worse", "unproved"), `training` ("none",
    ///   "kept_base_model", "uncompared", "better", "worse", "unproved"), `labels` ("unknown", "pays",
    ///   "exhausted", "unclear"), `threshold` ("not_calibrated", "show", "unreachable", "too_few").
    /// - `questions`: `all`, `seen`, `unseen`.
    /// - `candidates`: `id`, `kind`, `model`, `development`, and for `all`, `seen` and `unseen` questions
    ///   `metrics` and `intervals` by the name of the metric; `recall`: `k`, `recall`.
    /// - `comparisons`: `first`, `second`, `difference`, `p`, `adjusted_p`.
    /// - `calibration`: `score`, `wanted_precision`, `confidence`, `answerable`, `unanswerable`, `chosen`
    ///   and `best` (`threshold`, `coverage`, `precision`), `best_confidence`, `questions_needed` where they
    ///   were fewer, `curve` of such points.
    /// - `scores`: `score`, `edges`, `right`, `wrong`.
    /// - `learning_curve`: `questions`, `last_gain`, `points` (`pairs`, `score`).
    /// - `hardest`: `question`, `rank`, `wanted` and `found` (`id`, `text`, `score`).
    /// - `data`: `entries`, `pairs`, `training`, `development`, `held_out`, `left_out` by reason.
    /// - `business`: `assumptions` by the names of the costs file with `given` names, `outcomes`
    ///   (`presentation`, `shown`, `shown_right`, `resolved`, `hours`, `saved`, `net`, `payback_months` with
    ///   `expected`, `soonest`, `latest`, where null is never, `resolved_share_for_one_year`).
    /// - `reproduction`: `commands`, `version`, `model`, `fingerprint`, `seed`, `seconds`.
    package var json: JSONValue {
        [
            "format": 1,
            "name": .string(name),
            "date": .string(date),
            "metric": .string(metric.name),
            "confidence": .number(confidence),
            "verdict": Verdict(self).json(chosen: chosen),
            "questions": [
                "all": .integer(questions.all), "seen": .integer(questions.seen),
                "unseen": .integer(questions.unseen),
            ],
            "candidates": .array(candidates.map(\.json)),
            "comparisons": .array(comparisons.map(\.json)),
            "embeds_answers": .bool(embedsAnswers),
            "calibration": calibration?.json ?? .null,
            "scores": scores?.json ?? .null,
            "learning_curve": learning?.json ?? .null,
            "hardest": .array(hardest.map(\.json)),
            "data": data.json,
            "business": business?.json ?? .null,
            "reproduction": reproduction.json,
        ]
    }
}

extension Optional<Double> {
    fileprivate var json: JSONValue { map { .number($0) } ?? .null }
}

extension Verdict {
    fileprivate func json(chosen: PilotReport.Candidate?) -> JSONValue {
        let choice = switch choice {
        case .none: "none"
        case .only: "only"
        case .keywords: "keywords"
        case .uncompared: "uncompared"
        case .compared(_, _, let comparison): comparison.finding.rawValue
        }
        let training = switch training {
        case .none: "none"
        case .keptBaseModel: "kept_base_model"
        case .uncompared: "uncompared"
        case .compared(let comparison): comparison.finding.rawValue
        }
        let labels = switch labels {
        case .unknown: "unknown"
        case .pays: "pays"
        case .exhausted: "exhausted"
        case .unclear: "unclear"
        }
        let threshold = switch threshold {
        case .notCalibrated: "not_calibrated"
        case .show: "show"
        case .unreachable: "unreachable"
        case .tooFew: "too_few"
        }
        return [
            "chosen": chosen.map { .string($0.id) } ?? .null, "choice": .string(choice),
            "contradicted_by": contradiction.map { .string($0.candidate.id) } ?? .null,
            "unknown_share": unknownShare.map { .number($0) } ?? .null,
            "training": .string(training), "labels": .string(labels), "threshold": .string(threshold),
        ]
    }
}

extension PilotReport.Candidate {
    fileprivate var json: JSONValue {
        [
            "id": .string(id),
            "kind": .string(kind.rawValue),
            "model": model.map { .string($0) } ?? .null,
            "development": development.json,
            "all": all.json,
            "seen": seen?.json ?? .null,
            "unseen": unseen?.json ?? .null,
            "recall": .array(recall.map { ["k": .integer($0.k), "recall": $0.recall.json] }),
        ]
    }
}

extension PilotReport.Scores {
    fileprivate var json: JSONValue {
        func object(_ value: (Estimate) -> JSONValue) -> JSONValue {
            .object(JSONObject(values.map { (key: $0.metric.name, value: value($0.estimate)) }))
        }
        return [
            "metrics": object { .number($0.value) }, "intervals": object { Estimate.json($0.interval) },
        ]
    }
}

extension PilotReport.Comparison {
    fileprivate var json: JSONValue {
        [
            "first": .string(first), "second": .string(second), "difference": difference.json,
            "p": p.json, "adjusted_p": adjustedP.json,
        ]
    }
}

extension PilotReport.Calibration {
    fileprivate var json: JSONValue {
        [
            "score": .string(score.rawValue),
            "wanted_precision": .number(wantedPrecision),
            "confidence": .number(confidence),
            "answerable": .integer(answerable),
            "unanswerable": .integer(unanswerable),
            "chosen": chosen.map {
                [
                    "threshold": .number($0.threshold), "coverage": $0.coverage.json,
                    "precision": $0.precision?.json ?? .null,
                ]
            } ?? .null,
            "best": best?.json ?? .null,
            "best_confidence": bestConfidence.map { .number($0) } ?? .null,
            "questions_needed": shortage.map { .integer($0.needed) } ?? .null,
            "curve": .array(curve.map(\.json)),
        ]
    }
}

extension PilotReport.Calibration.Point {
    fileprivate var json: JSONValue {
        ["threshold": .number(threshold), "coverage": .number(coverage), "precision": .number(precision)]
    }
}

extension PilotReport.ScoreHistogram {
    fileprivate var json: JSONValue {
        [
            "score": .string(score.rawValue), "edges": .array(edges.map { .number($0) }),
            "right": .array(right.map { .integer($0) }), "wrong": .array(wrong.map { .integer($0) }),
        ]
    }
}

extension PilotReport.LearningCurve {
    fileprivate var json: JSONValue {
        [
            "questions": .integer(questions),
            "last_gain": lastGain?.json ?? .null,
            "points": .array(points.map { ["pairs": .integer($0.pairs), "score": $0.score.json] }),
        ]
    }
}

extension PilotReport.HardQuestion {
    fileprivate var json: JSONValue {
        func json(_ entries: [Entry]) -> JSONValue {
            .array(entries.map { ["id": .string($0.id), "text": .string($0.text), "score": $0.score.json] })
        }
        return [
            "question": .string(question), "rank": rank.map { .integer($0) } ?? .null,
            "wanted": json(wanted), "found": json(found),
        ]
    }
}

extension PilotReport.DataSummary {
    fileprivate var json: JSONValue {
        [
            "entries": .integer(entries), "pairs": .integer(pairs), "training": .integer(training),
            "development": .integer(development), "held_out": .integer(heldOut),
            "left_out": .object(
                JSONObject(leftOut.map { (key: $0.reason.rawValue, value: .integer($0.count)) })),
        ]
    }
}

extension BusinessCase {
    fileprivate var json: JSONValue {
        [
            "assumptions": costs.json,
            "outcomes": .array(outcomes.map { outcome in
                [
                    "presentation": .string(outcome.presentation.rawValue),
                    "shown": outcome.shown.json,
                    "shown_right": outcome.shownRight.json,
                    "resolved": outcome.resolved.json,
                    "hours": outcome.hours.json,
                    "saved": outcome.saved?.json ?? .null,
                    "net": outcome.net?.json ?? .null,
                    "payback_months": outcome.payback.map {
                        [
                            "expected": $0.expected.json, "soonest": $0.soonest.json,
                            "latest": $0.latest.json,
                        ]
                    } ?? .null,
                    "resolved_share_for_one_year": outcome.resolvedShareForOneYear?.json ?? .null,
                ]
            }),
        ]
    }
}

extension Costs {
    fileprivate var json: JSONValue {
        [
            "inquiries_per_month": .number(inquiriesPerMonth),
            "minutes_per_inquiry": .number(minutesPerInquiry),
            "suggestion_share": .number(suggestionShare),
            "answerable_share": .number(answerableShare),
            "resolved_share": .number(resolvedShare),
            "cost_per_inquiry": costPerInquiry.json,
            "cost_per_hour": costPerHour.json,
            "labelling_cost": .number(labellingCost),
            "setup_cost": .number(setupCost),
            "running_cost_per_month": .number(runningCostPerMonth),
            "currency": .string(currency),
            "given": .array(Entry.allCases.filter(given.contains).map { .string($0.rawValue) }),
        ]
    }
}

extension PilotReport.Reproduction {
    fileprivate var json: JSONValue {
        [
            "commands": .array(commands.map { .string($0) }),
            "version": .string(version),
            "model": .string(model),
            "fingerprint": .string(fingerprint),
            "seed": .integer(seed),
            "seconds": seconds.json,
        ]
    }
}
