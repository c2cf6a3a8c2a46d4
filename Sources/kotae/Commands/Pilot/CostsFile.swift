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
        } catch {
            throw RecordError(path: path, reason: "is no YAML: \(error)")
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
