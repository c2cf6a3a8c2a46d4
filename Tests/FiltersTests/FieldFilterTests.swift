import Filters
import JSON
import TestSupport
import Testing

@Suite struct `A filter on fields` {
    private func matches(_ filter: String, _ fields: JSONObject) throws -> Bool {
        try FieldFilter(parsing: filter).matches(fields)
    }

    static let document: JSONObject = [
        "category": "billing", "updated": "2026-03-01", "priority": 5, "weight": 0.5, "open": true,
        "tags": ["card", "refund", 7], "empty": [], "nothing": nil, "more": ["a": 1],
        "nested": [["card"]], "count": "12", "": "unnamed",
    ]

    @Test(arguments: [
        (#"{"category": "billing"}"#, true), (#"{"category": "shipping"}"#, false),
        (#"{"category": {"$eq": "billing"}}"#, true), (#"{"category": "Billing"}"#, false),
        (#"{"category": {"$ne": "shipping"}}"#, true), (#"{"category": {"$ne": "billing"}}"#, false),
        (#"{"category": {"$in": ["a", "billing"]}}"#, true), (#"{"category": {"$in": ["a"]}}"#, false),
        (#"{"category": {"$nin": ["a", "billing"]}}"#, false), (#"{"category": {"$nin": ["a"]}}"#, true),
        (#"{"category": {"$in": []}}"#, false), (#"{"category": {"$nin": []}}"#, true),
        (#"{"updated": {"$gte": "2026-01-01"}}"#, true), (#"{"updated": {"$gt": "2026-03-01"}}"#, false),
        (#"{"updated": {"$gte": "2026-03-01"}}"#, true), (#"{"updated": {"$lt": "2026-03"}}"#, false),
        (#"{"updated": {"$lt": "2026-03-01T00"}}"#, true), (#"{"updated": {"$lte": "2026-03-01"}}"#, true),
        (#"{"priority": 5}"#, true), (#"{"priority": 5.0}"#, true), (#"{"priority": {"$gt": 4.5}}"#, true),
        (#"{"priority": {"$lt": 5.5}}"#, true), (#"{"priority": {"$gt": 5}}"#, false),
        (#"{"weight": {"$gt": 0}}"#, true), (#"{"weight": {"$lt": 1, "$gt": 0.4}}"#, true),
        (#"{"weight": {"$lt": 1, "$gt": 0.5}}"#, false), (#"{"weight": {"$in": [1, 0.5]}}"#, true),
        (#"{"open": true}"#, true), (#"{"open": false}"#, false), (#"{"open": {"$ne": false}}"#, true),
        (#"{"open": {"$in": [false, true]}}"#, true), (#"{"": "unnamed"}"#, true),
    ])
    func `compares a field with a value`(filter: String, expected: Bool) throws {
        #expect(try matches(filter, Self.document) == expected)
    }

    @Test(arguments: [
        ("{}", true), (#"{"category": "billing", "open": true}"#, true),
        (#"{"category": "billing", "open": false}"#, false),
        (#"{"category": "a", "category": "billing"}"#, false),
        (#"{"$and": [{"category": "billing"}, {"open": true}]}"#, true),
        (#"{"$and": [{"category": "billing"}, {"open": false}]}"#, false),
        (#"{"$or": [{"category": "a"}, {"open": true}]}"#, true),
        (#"{"$or": [{"category": "a"}, {"open": false}]}"#, false),
        (#"{"$or": [{"category": "a"}, {"$and": [{"open": true}, {"priority": {"$gt": 1}}]}]}"#, true),
        (#"{"open": true, "$or": [{"category": "a"}, {"priority": 6}]}"#, false),
        (#"{"$or": [{}]}"#, true),
    ])
    func `joins conditions`(filter: String, expected: Bool) throws {
        #expect(try matches(filter, Self.document) == expected)
    }

    @Test(arguments: [
        (#"{"priority": "5"}"#, false), (#"{"priority": {"$gt": ""}}"#, false),
        (#"{"category": {"$gt": 1}}"#, false), (#"{"open": "true"}"#, false), (#"{"open": 1}"#, false),
        (#"{"open": {"$gte": 0}}"#, false), (#"{"nothing": {"$lte": 5}}"#, false),
        (#"{"more": "a"}"#, false), (#"{"priority": {"$ne": "5"}}"#, true),
        (#"{"nothing": {"$ne": 0}}"#, true), (#"{"more": {"$nin": ["a", 1]}}"#, true),
        (#"{"nested": "card"}"#, false), (#"{"nested": {"$ne": "card"}}"#, true),
    ])
    func `never finds a value of another kind equal, greater or less`(
        filter: String, expected: Bool
    ) throws {
        #expect(try matches(filter, Self.document) == expected)
    }

    @Test(arguments: [
        (#"{"no": "a"}"#, false), (#"{"no": {"$gt": ""}}"#, false), (#"{"no": {"$lte": 9}}"#, false),
        (#"{"no": {"$in": ["a"]}}"#, false), (#"{"no": {"$ne": "a"}}"#, true),
        (#"{"no": {"$nin": ["a"]}}"#, true), (#"{"no": {"$ne": "a", "$gte": ""}}"#, false),
    ])
    func `matches where the field is missing by $ne and $nin alone`(
        filter: String, expected: Bool
    ) throws {
        #expect(try matches(filter, Self.document) == expected)
    }

    @Test(arguments: [
        (#"{"tags": "refund"}"#, true), (#"{"tags": "gift"}"#, false), (#"{"tags": {"$in": ["x", 7]}}"#, true),
        (#"{"tags": {"$ne": "refund"}}"#, false), (#"{"tags": {"$ne": "gift"}}"#, true),
        (#"{"tags": {"$nin": ["gift", "card"]}}"#, false), (#"{"tags": {"$nin": ["gift"]}}"#, true),
        (#"{"tags": {"$gt": 6}}"#, true), (#"{"tags": {"$gt": 7}}"#, false), (#"{"tags": {"$lt": "d"}}"#, true),
        (#"{"empty": "a"}"#, false), (#"{"empty": {"$ne": "a"}}"#, true),
    ])
    func `matches a list when an element matches, a negation when none does`(
        filter: String, expected: Bool
    ) throws {
        #expect(try matches(filter, Self.document) == expected)
    }

    @Test(arguments: [
        ("12", true), ("12.0", true), ("1.2e1", true), ("3", true), ("2.99", false), ("-12", false),
        ("012", false), (" 12", false), ("12 ", false), ("+12", false), ("12 days", false), ("１２", false),
        ("", false), ("-", false), ("1e999", false), ("0x1F", false),
    ])
    func `takes a string that is a number in JSON for that number`(cell: String, expected: Bool) throws {
        #expect(try matches(#"{"n": {"$gte": 3}}"#, ["n": .string(cell)]) == expected)
        #expect(try matches(#"{"n": {"$gte": 3}}"#, ["n": [.string(cell)]]) == expected)
    }

    @Test func `compares a string with a string, though both are numbers`() throws {
        #expect(try matches(#"{"count": "12"}"#, Self.document))
        #expect(try !matches(#"{"count": "12.0"}"#, Self.document))
        #expect(try matches(#"{"count": {"$lt": "9"}}"#, Self.document))
    }

    @Test(arguments: [
        ("9007199254740993", "9007199254740992", 1), ("9007199254740993", "9007199254740992.0", 1),
        ("9007199254740992", "9007199254740992.0", 0), ("-9007199254740993", "-9007199254740992.0", -1),
        ("9223372036854775807", "9223372036854775808", -1), ("9223372036854775807", "9.3e18", -1),
        ("-9223372036854775808", "-9223372036854775808.0", 0), ("-9223372036854775808", "-9.3e18", 1),
        ("0", "-0.0", 0), ("0", "5e-324", -1), ("3", "3.5", -1), ("-3", "-3.5", 1), ("4", "3.5", 1),
    ])
    func `compares large numbers without rounding`(a: String, b: String, order: Int) throws {
        for (a, b, order) in [(a, b, order), (b, a, -order)] {
            for value in [try JSONValue(parsing: a), .string(a)] {
                #expect(try matches("{\"n\": {\"$gt\": \(b)}}", ["n": value]) == (order > 0))
                #expect(try matches("{\"n\": {\"$eq\": \(b)}}", ["n": value]) == (order == 0))
                #expect(try matches("{\"n\": {\"$lt\": \(b)}}", ["n": value]) == (order < 0))
            }
        }
    }

    @Test func `orders strings by code points, and keeps equivalent ones apart`() throws {
        // U+FF5E comes before U+1F600, though not in UTF-16.
        #expect(try matches(#"{"t": {"$lt": "😀"}}"#, ["t": "～"]))
        #expect(try matches(#"{"t": {"$lt": "あ"}}"#, ["t": "Z"]))
        #expect(try !matches("{\"t\": \"é\"}", ["t": "e\u{301}"]))
        #expect(try !matches("{\"é\": 1}", ["e\u{301}": 1]))
        #expect(try matches(#"{"部署": "経理"}"#, ["部署": "経理"]))
    }

    @Test func `of fields with the same name sees the last`() throws {
        let fields = JSONObject([(key: "a", value: 1), (key: "a", value: 2)])
        #expect(try matches(#"{"a": 2}"#, fields))
        #expect(try !matches(#"{"a": 1}"#, fields))
    }

    @Test func `tells which fields it names`() throws {
        let filter = #"{"a": 1, "$or": [{"b": {"$ne": 2}}, {"$and": [{"c": {"$in": [3]}}, {"a": 4}]}]}"#
        #expect(try FieldFilter(parsing: filter).fields == ["a", "b", "c"])
        #expect(try FieldFilter(parsing: "{}").fields.isEmpty)
    }
}
