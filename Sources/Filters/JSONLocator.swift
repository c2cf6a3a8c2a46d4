/// Finds where a part of a JSON text stands.
struct JSONLocator {
    /// Which part of a member is meant; an element of an array is all value.
    enum Part {
        case key
        case value
    }

    private let bytes: [UInt8]
    private var position = 0

    /// The offset in UTF-8 of a value or of its key. O(length of the text).
    ///
    /// - Parameters:
    ///   - path: from the outermost value inwards, the number from 0 of the member or element. Keys
    ///     would not do, since one may occur twice.
    ///   - text: a text that is JSON and has a value at this path.
    static func offset(of part: Part, at path: [Int], in text: String) -> Int {
        var locator = JSONLocator(bytes: Array(text.utf8))
        for (depth, index) in path.enumerated() {
            locator.enter(index, stopAtKey: part == .key && depth == path.count - 1)
        }
        locator.skipToToken()
        return locator.position
    }

    /// From a value goes to the value, or the key, of one of its members or elements.
    private mutating func enter(_ index: Int, stopAtKey: Bool) {
        skipToToken()
        let isObject = byte == UInt8(ascii: "{")
        position += 1
        for _ in 0..<index {
            if isObject { skipKey() }
            skipValue()
        }
        if isObject, !stopAtKey { skipKey() }
    }

    /// Goes past a key; the colon after it counts as a space.
    private mutating func skipKey() { skipValue() }

    /// Goes past a value without what follows it.
    private mutating func skipValue() {
        skipToToken()
        var depth = 0
        repeat {
            switch byte {
            case UInt8(ascii: "\""): skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            default: skipWord()
            }
            if depth > 0 { skipToToken() }
        } while depth > 0 && byte != nil
    }

    private mutating func skipString() {
        position += 1
        while let byte, byte != UInt8(ascii: "\"") {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
    }

    /// Goes past a number, true, false or null.
    private mutating func skipWord() {
        while let byte, !Self.separators.contains(byte) { position += 1 }
    }

    private mutating func skipToToken() {
        while let byte, Self.spaces.contains(byte) { position += 1 }
    }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private static let spaces = Array(" \t\r\n,:".utf8)
    private static let separators = spaces + Array("}]".utf8)

    private init(bytes: [UInt8]) { self.bytes = bytes }
}
