import Foundation
import JSON
import Logging

/// Writes each event as a JSON object a line to standard error: time, level, message, and the metadata's
/// members.
struct JSONLogHandler: LogHandler {
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line: JSONObject = [
            "time": .string(Date.now.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))),
            "level": .string(event.level.rawValue), "message": .string("\(event.message)"),
        ]
        let own = metadataProvider?.get() ?? [:]
        let members = metadata.merging(own) { $1 }.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in members.sorted(by: { $0.key < $1.key }) { line[key] = .string("\(value)") }
        if let error = event.error { line["error"] = .string("\(error)") }
        note(JSONValue.object(line).description)
    }
}
