internal import Charts

/// What a pilot saves, and what that assumes.
extension EnglishWording {
    func businessColumns(currency: String?) -> [String] {
        let columns = ["What is shown", "Right answer shown", "Resolved a month", "Hours a month"]
        guard let currency else { return columns }
        return columns + [
            "Saved a month, \(currency)", "Less running costs, \(currency)", "Pays back in",
            "Pays back in a year if resolved are at least",
        ]
    }

    func presentation(_ presentation: BusinessCase.Presentation) -> String {
        switch presentation {
        case .oneWhenConfident: "The best answer, from the threshold on"
        case .oneAlways: "The best answer, always"
        case .threeAlways: "The best three answers, always"
        }
    }

    func money(_ amount: Estimate, _ currency: String) -> String {
        "\(currency) \(NumberStyle.count.text(amount.value, amount.interval))"
    }

    func months(_ payback: BusinessCase.Payback) -> String {
        func text(_ months: Double?) -> String { months.map(NumberStyle.decimal(1).text) ?? "never" }
        guard let expected = payback.expected else {
            return payback.soonest.map { "never (at best \(text($0)) months)" } ?? "never"
        }
        if payback.soonest == payback.latest { return "\(text(expected)) months" }
        return "\(text(expected)) months (\(text(payback.soonest)) to \(text(payback.latest)))"
    }

    var assumptions: String { "Assumptions" }

    func assumption(_ entry: Costs.Entry, _ costs: Costs) -> String? {
        let share = NumberStyle.percent(0)
        func amount(_ value: Double) -> String { "\(costs.currency) \(exact(value))" }
        switch entry {
        case .inquiriesPerMonth: return "\(exact(costs.inquiriesPerMonth)) inquiries a month."
        case .minutesPerInquiry: return "\(exact(costs.minutesPerInquiry)) minutes of an agent for an inquiry."
        case .suggestionShare: return "\(share.text(costs.suggestionShare)) of the contacts see a suggestion."
        case .answerableShare: return "\(share.text(costs.answerableShare)) of those ask something that "
            + "has an entry. Only such questions were evaluated."
        case .resolvedShare: return "\(share.text(costs.resolvedShare)) of those who are shown the right "
            + "answer need no agent any more. Measure this in a trial: it decides most."
        case .costPerInquiry: return costs.costPerInquiry.map { "\(amount($0)) for an inquiry that an "
            + "agent handles." }
        case .costPerHour: return costs.costPerHour.map { "\(amount($0)) for an hour of an agent." }
        case .labellingCost: return costs.currency.isEmpty ? nil : "\(amount(costs.labellingCost)) once "
            + "for labelling."
        case .setupCost: return costs.currency.isEmpty ? nil : "\(amount(costs.setupCost)) once for setting up."
        case .runningCostPerMonth: return costs.currency.isEmpty ? nil : "\(amount(costs.runningCostPerMonth)) a month for running it."
        case .currency: return nil
        }
    }

    func byDefault(_ assumption: String) -> String { "\(assumption) (not given: Kotae's default)" }

    var furtherAssumptions: [String] {
        [
            "A wrong answer costs nothing: who does not find an answer asks an agent as today.",
            "Agents' time that is saved is worth what it costs.",
            "The held-out questions are like those of every day. The intervals say how sure the "
                + "measurement is, not how sure the assumptions are.",
        ]
    }
}
