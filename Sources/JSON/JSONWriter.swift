extension JSONValue: CustomStringConvertible {
    /// Compact JSON on one line, all characters but the required escapes as they are.
    ///
    /// Numbers are written with the fewest digits that read back as the same `Double`.
    public var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// JSON with a member or element a line, indented by two spaces.
    public var indented: String {
        var bytes: [UInt8] = []
        append(to: &bytes, indentation: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends what `description` is, as UTF-8.
    public func append(to bytes: inout [UInt8]) {
        append(to: &bytes, indentation: nil)
    }

    private func append(to bytes: inout [UInt8], indentation: Int?) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: value.description.utf8)
        // JSON has no words for infinities and NaN; null is what other writers use.
        case .number(let value):
            bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
        case .string(let value): Self.append(value, to: &bytes)
        case .array(let elements):
            Self.append(elements, between: ("[", "]"), to: &bytes, indentation) {
                $0.append(to: &$1, indentation: $2)
            }
        case .object(let object):
            Self.append(object.members, between: ("{", "}"), to: &bytes, indentation) {
                Self.append($0.key, to: &$1)
                $1.append(contentsOf: ($2 == nil ? ":" : ": ").utf8)
                $0.value.append(to: &$1, indentation: $2)
            }
        }
    }

    private static func append<Item>(
        _ items: [Item], between brackets: (StaticString, StaticString),
        to bytes: inout [UInt8], _ indentation: Int?,
        each: (Item, inout [UInt8], Int?) -> Void
    ) {
        func breakLine(_ depth: Int?) {
            guard let depth, !items.isEmpty else { return }
            bytes.append(UInt8(ascii: "\n"))
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
        }
        let inner = indentation.map { $0 + 1 }
        bytes.append(contentsOf: brackets.0.description.utf8)
        for (index, item) in items.enumerated() {
            if index > 0 {
                bytes.append(UInt8(ascii: ","))
            }
            breakLine(inner)
            each(item, &bytes, inner)
        }
        breakLine(indentation)
        bytes.append(contentsOf: brackets.1.description.utf8)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
            case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
            case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
            case 0..<0x20, 0x7F:
                let hexadecimal = String(byte, radix: 16)
                let zeros = String(repeating: "0", count: 4 - hexadecimal.utf8.count)
                bytes.append(contentsOf: "\\u\(zeros)\(hexadecimal)".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
