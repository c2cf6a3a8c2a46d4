import Filters
import Testing

@Suite struct `A filter that is not one` {
    static let operators = "known are $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin"
    static let value = "where a string, a number, true or false should be"

    @Test(arguments: [
        (#"{"a": {"$gtt": 1}}"#, 1, 8, "unknown operator \"$gtt\"; \(operators)"),
        (#"{"a": {"gt": 1}}"#, 1, 8, "unknown operator \"gt\"; \(operators)"),
        (#"{"a": {"$gt": 1, "b": 2}}"#, 1, 18, "unknown operator \"b\"; \(operators)"),
        (#"{"a": {"$and": []}}"#, 1, 8, "unknown operator \"$and\"; \(operators)"),
        (#"{"$not": [{"a": 1}]}"#, 1, 2, "unknown operator \"$not\"; known here are $and, $or"),
        (#"{"$gt": 1}"#, 1, 2, "$gt without a field; write {\"field\": {\"$gt\": …}}"),
        (#"{"a": {}}"#, 1, 7, "an empty object where an operator should be; \(operators)"),
        (#"{"a": {"$gt": true}}"#, 1, 15, "true or false where $gt takes a string or a number"),
        (#"{"a": {"$lte": [1]}}"#, 1, 16, "an array where $lte takes a string or a number"),
        (#"{"a": {"$eq": null}}"#, 1, 15, "null \(value)"), (#"{"a": null}"#, 1, 7, "null \(value)"),
        (#"{"a": {"$ne": {"b": 1}}}"#, 1, 15, "an object \(value)"),
        (#"{"a": {"$in": "x"}}"#, 1, 15, "a string where $in takes a list of values"),
        (#"{"a": {"$nin": {"b": 1}}}"#, 1, 16, "an object where $nin takes a list of values"),
        (#"{"a": {"$in": ["x", 1, [2]]}}"#, 1, 24, "an array \(value)"),
        (#"{"a": ["x"]}"#, 1, 7, "an array where a value should be; one of several is {\"$in\": […]}"),
        (#"{"$and": []}"#, 1, 10, "an empty list where $and takes at least one object"),
        (#"{"$or": []}"#, 1, 9, "an empty list where $or takes at least one object"),
        (#"{"$or": {"a": 1}}"#, 1, 9, "an object where $or takes a list of objects"),
        (
            #"{"$or": [{"a": 1}, "b"]}"#, 1, 20,
            "a string where an object of fields should be, such as {\"category\": \"billing\"}"
        ),
        (
            "[1]", 1, 1,
            "an array where an object of fields should be, such as {\"category\": \"billing\"}"
        ),
        (
            " \n 3 ", 2, 2,
            "a number where an object of fields should be, such as {\"category\": \"billing\"}"
        ),
    ])
    func `is refused with its place`(text: String, line: Int, column: Int, reason: String) {
        #expect(throws: FilterError(line: line, column: column, reason: reason)) {
            try FieldFilter(parsing: text)
        }
    }

    @Test(arguments: [
        (#"{"a": {"$gt": 1, "$gt": null}}"#, 1, 25), (#"{"a": 1, "a": null}"#, 1, 15),
        (#"{"a": {"$x": 1}, "a": {"$gt": 1}}"#, 1, 8), (#"{"a": {"$gt": 1}, "a": {"$x": 1}}"#, 1, 25),
        ("{\"\\\"}{,\": \"]\\\\\", \"b\": {\"$in\": [\"[{\", -1.5e3, true, null]}}", 1, 52),
        ("{\"a\": 1,\n\t\"部署\": {\n\t\t\"$in\" : [\"経理\", \"総務\", null]}}", 3, 24),
        ("{\"$and\": [{}, {\"a\": {\"$in\": []}}, {\"$or\": [\n{\"b\": 1}, {\"c\": {\"$eq\": []}}]}]}", 2, 25),
    ])
    func `is refused with the right place among members that look alike`(
        text: String, line: Int, column: Int
    ) {
        let error = #expect(throws: FilterError.self) { try FieldFilter(parsing: text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test(arguments: [
        ("", 1, 1, "the text ends where a value should be"),
        (#"{"部署": "経理",}"#, 1, 13, "'}' where a key in double quotes should be"),
        ("{\n  category: \"billing\"\n}", 2, 3, "'c' where a key in double quotes should be"),
        ("category=billing", 1, 1, "'c' where a value should be"),
        (#"{"a": 1} {"b": 2}"#, 1, 10, "'{' after the end of the value"),
    ])
    func `is refused where it is not JSON, counted in characters`(
        text: String, line: Int, column: Int, reason: String
    ) {
        #expect(throws: FilterError(line: line, column: column, reason: reason)) {
            try FieldFilter(parsing: text)
        }
    }

    @Test func `says line and character`() {
        let error = #expect(throws: FilterError.self) { try FieldFilter(parsing: #"{"$and": 1}"#) }
        #expect(error?.description == "line 1, character 10: a number where $and takes a list of objects")
    }
}
