extension JSONValue {
    /// How deep arrays and objects may be nested before a text is refused.
    public static let maximumDepth = 256

    /// Reads one JSON value that fills the whole text, white space around it aside.
    ///
    /// - Parameter bytes: UTF-8, without a byte order mark. O(number of bytes).
    /// - Throws: `JSONError` for anything that RFC 8259 does not allow, and for lone surrogates,
    ///   numbers that are not finite as `Double`, and nesting beyond `maximumDepth`.
    public init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
        let value = bytes.withContiguousStorageIfAvailable { buffer in
            Result { () throws(JSONError) in try JSONValue(parsing: buffer) }
        }
        if let value {
            self = try value.get()
        } else {
            self = try Array(bytes).withUnsafeBufferPointer { buffer in
                Result { () throws(JSONError) in try JSONValue(parsing: buffer) }
            }.get()
        }
    }

    /// As above, of bytes that the caller lends for the length of the call.
    public init(parsing bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.parseDocument()
    }

    /// Reads one JSON value that fills the whole text.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }
}

/// A recursive-descent reader over borrowed bytes; it never outlives the call that makes it.
private struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func parseDocument() throws(JSONError) -> JSONValue {
        let value = try parseValue(depth: 0)
        skipWhiteSpace()
        if position < bytes.count { throw error("\(found()) after the end of the value") }
        return value
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
        skipWhiteSpace()
        guard let byte = peek() else { throw error("the text ends where a value should be") }
        switch byte {
        case UInt8(ascii: "{"): return try parseObject(depth: depth)
        case UInt8(ascii: "["): return try parseArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseLiteral("true", .bool(true))
        case UInt8(ascii: "f"): return try parseLiteral("false", .bool(false))
        case UInt8(ascii: "n"): return try parseLiteral("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        default: throw error("\(found()) where a value should be")
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> JSONValue {
        try enter(depth)
        var members: [(key: String, value: JSONValue)] = []
        if closes(UInt8(ascii: "}")) { return .object(JSONObject()) }
        while true {
            skipWhiteSpace()
            guard peek() == UInt8(ascii: "\"") else {
                throw error("\(found()) where a key in double quotes should be")
            }
            let key = try parseString()
            skipWhiteSpace()
            guard peek() == UInt8(ascii: ":") else {
                throw error("\(found()) where ':' should be after the key")
            }
            position += 1
            members.append((key, try parseValue(depth: depth + 1)))
            if closes(UInt8(ascii: "}")) { return .object(JSONObject(members)) }
            guard peek() == UInt8(ascii: ",") else {
                throw error("\(found()) where ',' or '}' should be")
            }
            position += 1
        }
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        if closes(UInt8(ascii: "]")) { return .array([]) }
        while true {
            elements.append(try parseValue(depth: depth + 1))
            if closes(UInt8(ascii: "]")) { return .array(elements) }
            guard peek() == UInt8(ascii: ",") else {
                throw error("\(found()) where ',' or ']' should be")
            }
            position += 1
        }
    }

    private mutating func enter(_ depth: Int) throws(JSONError) {
        if depth >= JSONValue.maximumDepth {
            throw error("nested deeper than \(JSONValue.maximumDepth) levels")
        }
        position += 1
    }

    private mutating func closes(_ bracket: UInt8) -> Bool {
        skipWhiteSpace()
        guard peek() == bracket else { return false }
        position += 1
        return true
    }

    private mutating func parseLiteral(
        _ word: StaticString, _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[position...].starts(with: expected) else {
            throw error("\(found()) where a value should be")
        }
        position += expected.count
        return value
    }

    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        var isInteger = true
        if peek() == UInt8(ascii: "-") { position += 1 }
        if peek() == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        if peek() == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try skipDigits()
        }
        if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            position = start
            throw error("the number \(text) is out of range")
        }
        return .number(value)
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            position += 1
        }
        if position == start { throw error("\(found()) where a digit should be") }
    }

    private mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        while let byte = peek() {
            if byte == UInt8(ascii: "\"") {
                let text = try text(start..<position)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try parseEscapedString(from: start) }
            try refuseControl(byte)
            position += 1
        }
        throw error("the text ends inside a string")
    }

    /// The slow path: `position` is at the first backslash.
    private mutating func parseEscapedString(from start: Int) throws(JSONError) -> String {
        var result = try text(start..<position)
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return result
            case UInt8(ascii: "\\"):
                result.unicodeScalars.append(try parseEscape())
            default:
                let runStart = position
                while let next = peek(), next != UInt8(ascii: "\""), next != UInt8(ascii: "\\") {
                    try refuseControl(next)
                    position += 1
                }
                result += try text(runStart..<position)
            }
        }
        throw error("the text ends inside a string")
    }

    private mutating func parseEscape() throws(JSONError) -> Unicode.Scalar {
        let start = position
        position += 1
        guard let byte = peek() else { throw error("the text ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try parseHexadecimal()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            if unit < 0xDC00, peek() == UInt8(ascii: "\\"), position + 1 < bytes.count,
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                let low = try parseHexadecimal()
                if (0xDC00...0xDFFF).contains(low),
                    let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
                {
                    return scalar
                }
            }
            position = start
            throw error("a \\u escape with half of a surrogate pair")
        default:
            position = start
            throw error("an unknown escape in a string")
        }
    }

    private mutating func parseHexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw error("\(found()) where a hexadecimal digit should be") }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private func text(_ range: Range<Int>) throws(JSONError) -> String {
        let slice = UnsafeBufferPointer(rebasing: bytes[range])
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw error("bytes that are not UTF-8", at: range.lowerBound)
        }
        return text
    }

    private func refuseControl(_ byte: UInt8) throws(JSONError) {
        if byte < 0x20 { throw error("\(found()) in a string, which must be escaped") }
    }

    private mutating func skipWhiteSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private func found() -> String {
        guard let byte = peek() else { return "the end of the text" }
        if byte > 0x20, byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
        if byte == 0x20 { return "a space" }
        let hexadecimal = String(byte, radix: 16, uppercase: true)
        return "byte 0x\(byte < 16 ? "0" : "")\(hexadecimal)"
    }

    private func error(_ reason: String, at offset: Int? = nil) -> JSONError {
        let before = bytes[..<(offset ?? position)]
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONError(line: line, column: before.endIndex - lineStart + 1, reason: reason)
    }
}
