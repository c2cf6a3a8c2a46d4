import JSON
import Pilot
import Testing

@Suite struct `A costs file` {
    private let whole: JSONObject = [
        "inquiries_per_month": 4000, "minutes_per_inquiry": 9, "suggestion_share": 0.6,
        "cost_per_hour": 42, "currency": "EUR",
    ]

    /// What is wrong when these entries are set; nil removes one.
    private func problem(_ changes: KeyValuePairs<String, JSONValue?>) -> CostsError? {
        var mapping = whole
        for (key, value) in changes { mapping[key] = value }
        do throws(CostsError) {
            _ = try Costs(mapping)
            return nil
        } catch {
            return error
        }
    }

    @Test func `have defaults, and know which entries were given`() throws {
        let costs = try Costs(whole)
        #expect(costs.answerableShare == 0.5 && costs.resolvedShare == 0.5)
        #expect(costs.labellingCost == 0 && costs.setupCost == 0 && costs.runningCostPerMonth == 0)
        // 9 minutes of an hour that costs 42.
        #expect(abs((costs.costPerInquiry ?? 0) - 6.3) < 1e-12)
        #expect(costs.given == [.inquiriesPerMonth, .minutesPerInquiry, .suggestionShare, .costPerHour, .currency])
    }

    @Test func `need no money`() throws {
        let costs = try Costs([
            "inquiries_per_month": 10, "minutes_per_inquiry": 1, "suggestion_share": 1,
        ])
        #expect(costs.costPerInquiry == nil && costs.currency.isEmpty)
    }

    @Test func `name an unknown entry and those that are known`() throws {
        let error = try #require(problem(["minutes_per_inquery": 3]))
        #expect(error.entry == "minutes_per_inquery")
        for entry in Costs.Entry.allCases { #expect(error.description.contains(entry.rawValue)) }
    }

    @Test(arguments: Costs.Entry.allCases.filter { $0 != .currency && $0 != .costPerInquiry })
    func `name a negative entry, and one that is no number`(entry: Costs.Entry) throws {
        let negative = try #require(problem([entry.rawValue: -1]))
        #expect(negative.description == "\(entry.rawValue) is -1.0: expected no less than 0")
        let text = try #require(problem([entry.rawValue: "4,000"]))
        #expect(text.description == "\(entry.rawValue) is a string: expected a number without unit and commas")
    }

    @Test(arguments: ["suggestion_share", "answerable_share", "resolved_share"])
    func `name a share above 1`(entry: String) throws {
        let error = try #require(problem([entry: 60]))
        #expect(error.description == "\(entry) is 60.0: expected a share from 0 to 1; 60% is 0.6")
    }

    @Test(arguments: ["inquiries_per_month", "minutes_per_inquiry", "suggestion_share", "currency"])
    func `name what is missing`(entry: String) throws {
        let error = try #require(problem([entry: Optional<JSONValue>.none]))
        #expect(error.entry == entry && error.reason.hasPrefix("is missing"))
    }

    @Test func `name what contradicts`() throws {
        #expect(problem(["cost_per_inquiry": 7])?.entry == "cost_per_inquiry")
        #expect(problem(["cost_per_hour": Optional<JSONValue>.none, "setup_cost": 10])?.entry == "setup_cost")
        #expect(problem(["currency": ""])?.entry == "currency")
        let twice = JSONObject(whole.members + [(key: "suggestion_share", value: 0.1)])
        #expect(throws: CostsError.self) { try Costs(twice) }
    }
}

@Suite struct `A business case` {
    private func expect(_ estimate: Estimate?, _ value: Double, _ low: Double, _ high: Double) {
        guard let estimate, let interval = estimate.interval else {
            Issue.record("no estimate")
            return
        }
        for (found, wanted) in [(estimate.value, value), (interval.lowerBound, low), (interval.upperBound, high)] {
            #expect(abs(found - wanted) < 1e-9 * max(abs(wanted), 1))
        }
    }

    /// 1,000 inquiries, half of which see a suggestion, 80% of those can be answered, and a quarter of
    /// those who see the right answer are helped: 1,000 · 0.5 · 0.8 · 0.25 = 100 at a success of 1.
    /// An inquiry takes 6 minutes and costs 10.
    private func costs(_ more: KeyValuePairs<String, JSONValue> = [:]) throws -> Costs {
        var mapping: JSONObject = [
            "inquiries_per_month": 1000, "minutes_per_inquiry": 6, "suggestion_share": 0.5,
            "answerable_share": 0.8, "resolved_share": 0.25, "cost_per_inquiry": 10, "currency": "EUR",
        ]
        for (key, value) in more { mapping[key] = value }
        return try Costs(mapping)
    }

    @Test func `carries intervals through`() throws {
        let costs = try costs(["labelling_cost": 1000, "setup_cost": 2000, "running_cost_per_month": 100])
        let business = BusinessCase(
            costs, firstRight: Estimate(0.6, 0.5...0.7), threeRight: Estimate(0.8, 0.7...0.9),
            confident: (Estimate(0.5, 0.4...0.6), Estimate(0.4, 0.2...0.5)))
        #expect(business.outcomes.map(\.presentation) == [.oneWhenConfident, .oneAlways, .threeAlways])

        // The first answer, always: 100 · 0.6 = 60 inquiries, 60 · 6 / 60 = 6 hours, 60 · 10 = 600,
        // of which 500 remain; 3,000 once are back after 6 months. At 0.5: 500, 400, 7.5 months; at
        // 0.7: 700, 600, 5 months.
        let first = business.outcomes[1]
        expect(first.resolved, 60, 50, 70)
        expect(first.hours, 6, 5, 7)
        expect(first.saved, 600, 500, 700)
        expect(first.net, 500, 400, 600)
        #expect(first.payback == .init(expected: 6, soonest: 5, latest: 7.5))
        // In a year: 100 a month and 3,000 / 12 = 250 have to be earned. If all who see the right answer
        // were helped, 1,000 · 0.5 · 0.8 · 0.6 · 10 = 2,400 would be saved: 350 / 2,400. At 0.5 350 / 2,000,
        // at 0.7 350 / 2,800.
        expect(first.resolvedShareForOneYear, 350 / 2400, 350 / 2800, 350 / 2000)

        // Three answers: 100 · 0.8 = 80.
        expect(business.outcomes[2].resolved, 80, 70, 90)
        // With the threshold 100 · 0.4 = 40, 400, 300 left, 10 months; at 0.2 200, 100, 30 months; at 0.5
        // 500, 400, 7.5 months.
        let confident = try #require(business.headline)
        #expect(confident.presentation == .oneWhenConfident)
        expect(confident.shown, 0.5, 0.4, 0.6)
        expect(confident.resolved, 40, 20, 50)
        #expect(confident.payback == .init(expected: 10, soonest: 7.5, latest: 30))
    }

    @Test func `never pays back where less is saved than it costs to run`() throws {
        let costs = try costs(["setup_cost": 500, "running_cost_per_month": 450])
        let business = BusinessCase(
            costs, firstRight: Estimate(0.4, 0.2...0.5), threeRight: nil, confident: nil)
        // 400 a month against 450; at 0.5 500 against 450, so 500 are back after 10 months.
        #expect(business.headline?.payback == .init(expected: nil, soonest: 10, latest: nil))
    }

    @Test func `is at once paid back where nothing is spent`() throws {
        let business = BusinessCase(try costs(), firstRight: Estimate(0.4), threeRight: nil, confident: nil)
        #expect(business.headline?.payback == .init(expected: 0, soonest: 0, latest: 0))
        #expect(business.headline?.resolvedShareForOneYear == nil)
        #expect(business.headline?.resolved == Estimate(40))
    }

    @Test func `has hours alone where nothing is known about money`() throws {
        let costs = try Costs([
            "inquiries_per_month": 1000, "minutes_per_inquiry": 6, "suggestion_share": 0.5,
            "answerable_share": 0.8, "resolved_share": 0.25,
        ])
        let outcome = BusinessCase(costs, firstRight: Estimate(0.6), threeRight: nil, confident: nil).headline
        #expect(outcome?.hours == Estimate(6))
        #expect(outcome?.saved == nil && outcome?.net == nil && outcome?.payback == nil)
    }
}
