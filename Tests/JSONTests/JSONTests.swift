import JSON
import Testing

@Suite struct `JSON` {
    static let readings: [(String, JSONValue)] = [
        ("null", nil), (" true ", true), ("false", false), ("0", 0), ("-12", -12),
        ("9223372036854775807", 9_223_372_036_854_775_807), ("1e3", 1000.0), ("-0.5E-1", -0.05),
        ("9223372036854775808", 9.223372036854775808e18), (#""""#, ""), (#""a\/\u0041\n""#, "a/A\n"),
        (#""\ud83d\ude00 é""#, "😀 é"), ("[]", []), ("[1,[2,{}]]", [1, [2, [:]]]),
        (#"{"b":1,"a":[null]}"#, ["b": 1, "a": [nil]]),
    ]

    @Test(arguments: readings)
    func `reads what RFC 8259 allows`(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(arguments: [
        ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), ("{\"a\":1,}", 1, 8), ("01", 1, 2), ("1.", 1, 3),
        ("\"\t\"", 1, 2), ("\"abc", 1, 5), (#""\ud800""#, 1, 2), (#""\x""#, 1, 2), ("nul", 1, 1),
        ("{\"a\" 1}", 1, 6), ("[1\n 2]", 2, 2), ("1 2", 1, 3), ("1e999", 1, 1), ("NaN", 1, 1),
        ("{'a':1}", 1, 2),
    ])
    func `names the line and the column of what it refuses`(text: String, line: Int, column: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test func `refuses bytes that are not UTF-8`() {
        #expect(throws: JSONError(line: 1, column: 2, reason: "bytes that are not UTF-8")) {
            try JSONValue(parsing: [0x22, 0xFF, 0x22])
        }
    }

    @Test func `refuses nesting that would exhaust the stack`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
        let allowed = JSONValue.maximumDepth
        let text = String(repeating: "[", count: allowed) + String(repeating: "]", count: allowed)
        #expect(throws: Never.self) { try JSONValue(parsing: text) }
    }

    @Test func `keeps keys apart that Unicode calls equivalent, and their order`() throws {
        let object = try JSONValue(parsing: "{\"e\u{301}\":1,\"é\":2,\"a\":3}").object
        #expect(object?.members.count == 3)
        #expect(object?["é"] == 2)
        #expect(object?["e\u{301}"] == 1)
        #expect(object?.keys.last == "a")
    }

    @Test func `of members with the same key the last counts`() throws {
        #expect(try JSONValue(parsing: #"{"a":1,"a":2}"#)["a"] == 2)
    }

    @Test(arguments: [
        #"{"a":[1,2.5,-3],"b":{"c":null,"d":[]},"e":"q\"\\\n\u0001答え","f":{}}"#, "0.1", "1e-07",
        "[true,false]",
    ])
    func `writes what reads back as the same value`(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(try JSONValue(parsing: value.description) == value)
        #expect(try JSONValue(parsing: value.indented) == value)
    }

    @Test func `writes compact and indented text`() {
        let value: JSONValue = ["a": [1, "x"], "b": [:]]
        #expect(value.description == #"{"a":[1,"x"],"b":{}}"#)
        #expect(value.indented == "{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"b\": {}\n}")
    }
}
