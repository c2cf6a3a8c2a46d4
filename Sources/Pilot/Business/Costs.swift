package import JSON

/// What a help desk handles and what that costs, as `costs.yaml` says it: the assumptions of a
/// `BusinessCase`.
///
/// ```yaml
/// inquiries_per_month: 4000
/// minutes_per_inquiry: 9
/// suggestion_share: 0.6
/// cost_per_hour: 42
/// currency: EUR
/// setup_cost: 6000
/// ```
package struct Costs: Sendable, Equatable {
    /// The entries of the file, with their names there.
    package enum Entry: String, Sendable, CaseIterable {
        /// Inquiries that reach the help desk in a month.
        case inquiriesPerMonth = "inquiries_per_month"
        /// An agent's time for one inquiry.
        case minutesPerInquiry = "minutes_per_inquiry"
        /// The share of contacts that see a suggestion before they reach an agent.
        case suggestionShare = "suggestion_share"
        /// The share of those whose question has an entry at all. An evaluation on pairs knows only such
        /// questions, so its success does not hold for the others.
        case answerableShare = "answerable_share"
        /// The share of those who are shown the right answer and then need no agent.
        case resolvedShare = "resolved_share"
        /// What an inquiry costs that an agent handles; or give the cost of an hour.
        case costPerInquiry = "cost_per_inquiry"
        /// What an hour of an agent costs.
        case costPerHour = "cost_per_hour"
        /// Labelling pairs, once.
        case labellingCost = "labelling_cost"
        /// Setting up, once.
        case setupCost = "setup_cost"
        /// Running it, a month.
        case runningCostPerMonth = "running_cost_per_month"
        /// In which money the costs are: "EUR", "JPY".
        case currency

        /// Whether it is a share, from 0 to 1.
        var isShare: Bool {
            self == .suggestionShare || self == .answerableShare || self == .resolvedShare
        }
    }

    package let inquiriesPerMonth: Double
    package let minutesPerInquiry: Double
    package let suggestionShare: Double
    /// 0.5 unless given. Nobody has measured it for the reader's desk: half is a place to start from
    /// that a report names as such.
    package let answerableShare: Double
    /// 0.5 unless given; as above.
    package let resolvedShare: Double
    /// nil when the file says nothing about money.
    package let costPerInquiry: Double?
    package let costPerHour: Double?
    /// The following are 0 unless given.
    package let labellingCost: Double
    package let setupCost: Double
    package let runningCostPerMonth: Double
    /// Empty when the file says nothing about money.
    package let currency: String
    /// The entries that the file has; the others have their defaults.
    package let given: Set<Entry>

    /// What is spent once.
    package var onceCost: Double { labellingCost + setupCost }

    /// - Parameter mapping: the file's entries.
    /// - Throws: `CostsError` for the first entry that is unknown, there twice, not a number, negative,
    ///   a share above 1, missing, or that contradicts another.
    package init(_ mapping: JSONObject) throws(CostsError) {
        var numbers: [Entry: Double] = [:]
        var currency = ""
        var given: Set<Entry> = []
        for (key, value) in mapping.members {
            guard let entry = Entry(rawValue: key) else { throw .unknown(key) }
            guard given.insert(entry).inserted else { throw CostsError(key, "stands there twice") }
            if entry == .currency {
                guard let text = value.string, (1...12).contains(text.count) else {
                    throw CostsError(key, "expected the name of a money of at most 12 letters, such as EUR")
                }
                currency = text
            } else {
                numbers[entry] = try Self.number(entry, value)
            }
        }
        func required(_ entry: Entry, _ example: String) throws(CostsError) -> Double {
            guard let number = numbers[entry] else {
                throw CostsError(entry.rawValue, "is missing: expected a number, such as \(example)")
            }
            return number
        }
        inquiriesPerMonth = try required(.inquiriesPerMonth, "4000")
        minutesPerInquiry = try required(.minutesPerInquiry, "9")
        suggestionShare = try required(.suggestionShare, "0.6 for 60%")
        answerableShare = numbers[.answerableShare] ?? 0.5
        resolvedShare = numbers[.resolvedShare] ?? 0.5
        costPerHour = numbers[.costPerHour]
        if costPerHour != nil, numbers[.costPerInquiry] != nil {
            throw CostsError(
                Entry.costPerInquiry.rawValue, "is given beside \(Entry.costPerHour.rawValue): expected one of them")
        }
        costPerInquiry = numbers[.costPerInquiry] ?? costPerHour.map { [minutesPerInquiry] in $0 * minutesPerInquiry / 60 }
        labellingCost = numbers[.labellingCost] ?? 0
        setupCost = numbers[.setupCost] ?? 0
        runningCostPerMonth = numbers[.runningCostPerMonth] ?? 0
        self.currency = currency
        self.given = given
        try requireWholeMoney()
    }

    /// Money needs a currency, and what is spent needs something to be set against.
    private func requireWholeMoney() throws(CostsError) {
        let spent: [Entry] = [.labellingCost, .setupCost, .runningCostPerMonth]
        if costPerInquiry != nil {
            if currency.isEmpty {
                throw CostsError(Entry.currency.rawValue, "is missing: expected the money of the costs, such as EUR")
            }
        } else if let entry = spent.first(where: given.contains) {
            throw CostsError(
                entry.rawValue,
                "needs \(Entry.costPerInquiry.rawValue) or \(Entry.costPerHour.rawValue), to be set against what is saved")
        }
    }

    private static func number(_ entry: Entry, _ value: JSONValue) throws(CostsError) -> Double {
        guard let number = value.double, number.isFinite else {
            throw CostsError(entry.rawValue, "is \(value.kind): expected a number without unit and commas")
        }
        guard number >= 0 else { throw CostsError(entry.rawValue, "is \(number): expected no less than 0") }
        if entry.isShare, number > 1 {
            throw CostsError(entry.rawValue, "is \(number): expected a share from 0 to 1; 60% is 0.6")
        }
        return number
    }
}

/// Which entry of a costs file is wrong, and what would be right.
package struct CostsError: Error, Equatable, CustomStringConvertible {
    package let entry: String
    package let reason: String

    init(_ entry: String, _ reason: String) {
        self.entry = entry
        self.reason = reason
    }

    static func unknown(_ entry: String) -> CostsError {
        let known = Costs.Entry.allCases.map(\.rawValue).joined(separator: ", ")
        return CostsError(entry, "is unknown: expected one of \(known)")
    }

    package var description: String { "\(entry) \(reason)" }
}
