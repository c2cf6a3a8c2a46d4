/// What a search would save a help desk in a month, from what was measured on held-out questions and
/// what is assumed of the desk.
///
/// Of the inquiries of a month, `suggestion_share` see a suggestion, and `answerable_share` of those ask
/// something that has an entry. What was measured is the share of such questions for which the right
/// answer is shown; `resolved_share` of them then need no agent:
///
///     resolved = inquiries · suggestion_share · answerable_share · shown right · resolved_share
///     hours    = resolved · minutes / 60
///     saved    = resolved · cost of an inquiry
///     payback  = (labelling + set-up) / (saved − running)
///
/// All but the payback rise with "shown right" and the payback falls, so the ends of its interval are
/// carried through as they are. They say how sure the measurement is, not how sure the assumptions.
/// A wrong answer shown is taken to cost nothing: who does not find an answer asks an agent as today.
package struct BusinessCase: Sendable {
    /// What people are shown.
    package enum Presentation: String, Sendable, CaseIterable {
        /// The best answer where its score reaches the threshold, otherwise none.
        case oneWhenConfident = "one_when_confident"
        /// The best answer, always.
        case oneAlways = "one_always"
        /// The best three, always.
        case threeAlways = "three_always"
    }

    /// What is saved by one way of presenting, a month.
    package struct Outcome: Sendable {
        package let presentation: Presentation
        /// The share of answerable questions for which anything is shown.
        package let shown: Estimate
        /// The share of answerable questions for which the right answer is among what is shown.
        package let shownRight: Estimate
        package let resolved: Estimate
        package let hours: Estimate
        /// nil when nothing is known about money, as the following.
        package let saved: Estimate?
        /// What is saved less the running cost.
        package let net: Estimate?
        package let payback: Payback?
        /// The least `resolved_share` with which it pays back in twelve months; above 1 it cannot.
        package let resolvedShareForOneYear: Estimate?
    }

    /// Months until what was spent once is saved; nil is never.
    package struct Payback: Sendable, Equatable {
        package let expected: Double?
        /// With the upper end of what was measured, and with the lower end.
        package let soonest: Double?
        package let latest: Double?

        package init(expected: Double?, soonest: Double?, latest: Double?) {
            self.expected = expected
            self.soonest = soonest
            self.latest = latest
        }
    }

    package let costs: Costs
    /// Of the presentations that were measured, in their order.
    package let outcomes: [Outcome]

    /// - Parameters:
    ///   - firstRight: success@1 on held-out questions, a share.
    ///   - threeRight: success@3.
    ///   - confident: of the same questions the share that is answered at the threshold (coverage) and
    ///     the share that is answered rightly (coverage times precision); nil without a threshold.
    package init(
        _ costs: Costs, firstRight: Estimate?, threeRight: Estimate?,
        confident: (coverage: Estimate, right: Estimate)?
    ) {
        self.costs = costs
        var outcomes: [Outcome] = []
        if let confident {
            outcomes.append(Self.outcome(costs, .oneWhenConfident, confident.coverage, confident.right))
        }
        if let firstRight { outcomes.append(Self.outcome(costs, .oneAlways, Estimate(1), firstRight)) }
        if let threeRight { outcomes.append(Self.outcome(costs, .threeAlways, Estimate(1), threeRight)) }
        self.outcomes = outcomes
    }

    /// The one that a summary names: with the threshold where there is one.
    package var headline: Outcome? { outcomes.first }

    private static func outcome(
        _ costs: Costs, _ presentation: Presentation, _ shown: Estimate, _ right: Estimate
    ) -> Outcome {
        let reached = costs.inquiriesPerMonth * costs.suggestionShare * costs.answerableShare
        let resolved = right.mapped { reached * $0 * costs.resolvedShare }
        let saved = costs.costPerInquiry.map { cost in resolved.mapped { $0 * cost } }
        let net = saved?.mapped { $0 - costs.runningCostPerMonth }
        let target = costs.runningCostPerMonth + costs.onceCost / 12
        let share: Estimate? = costs.costPerInquiry.flatMap { cost in
            let whole = right.mapped { reached * $0 * cost }
            guard target > 0, whole.value > 0 else { return nil }
            // Falls as more is shown right; without an upper bound when that may be nothing.
            let interval = whole.interval.flatMap {
                $0.lowerBound > 0 ? target / $0.upperBound...target / $0.lowerBound : nil
            }
            return Estimate(target / whole.value, interval)
        }
        return Outcome(
            presentation: presentation, shown: shown, shownRight: right, resolved: resolved,
            hours: resolved.mapped { $0 * costs.minutesPerInquiry / 60 }, saved: saved, net: net,
            payback: net.map { Payback(once: costs.onceCost, net: $0) }, resolvedShareForOneYear: share)
    }
}

extension BusinessCase.Payback {
    init(once: Double, net: Estimate) {
        func months(_ net: Double) -> Double? {
            once == 0 ? (net >= 0 ? 0 : nil) : net > 0 ? once / net : nil
        }
        self.init(
            expected: months(net.value), soonest: months(net.interval?.upperBound ?? net.value),
            latest: months(net.interval?.lowerBound ?? net.value))
    }
}
