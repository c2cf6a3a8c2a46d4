import Foundation
import JSON
import Pilot
import Records
import Yams

extension Costs {
    /// Reads a YAML file of costs; see `Costs`.
    ///
    /// - Throws: `RecordError` with the line of what is unknown, missing or wrong.
    init(contentsOf path: String) throws {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw RecordError(path: path, reason: "cannot be read as UTF-8")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            let (line, problem) = error.place(in: text)
            throw RecordError(path: path, line: line, reason: problem)
        }
        guard let mapping = node?.mapping else {
            throw RecordError(path: path, reason: "expected entries such as \"inquiries_per_month: 4000\"")
        }
        var lines: [String: Int] = [:]
        var members: [(key: String, value: JSONValue)] = []
        for (key, value) in mapping {
            guard let name = key.string, let scalar = value.scalar else {
                throw RecordError(
                    path: path, line: key.mark?.line, reason: "expected entries such as \"inquiries_per_month: 4000\"")
            }
            if lines[name] == nil { lines[name] = key.mark?.line }
            // YAML's own numbers, such as 1_000 and 0x10, are for programs; people mean what they write.
            let number = scalar.style == .plain ? Double(scalar.string) : nil
            members.append((name, number.map { .number($0) } ?? .string(scalar.string)))
        }
        do throws(CostsError) {
            try self.init(JSONObject(members))
        } catch {
            throw RecordError(path: path, line: lines[error.entry], reason: error.description)
        }
    }
}

extension YamlError {
    /// The line, where it is known, and what is wrong there.
    fileprivate func place(in text: String) -> (line: Int?, problem: String) {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return (mark.line, "is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, _):
            let name = duplicates.sorted().first ?? ""
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let places = lines.indices.filter { lines[$0].hasPrefix(name) }
            return (places.dropFirst().first.map { $0 + 1 }, "\(name) stands there twice")
        default:
            return (nil, "is no YAML: \(self)")
        }
    }
}
