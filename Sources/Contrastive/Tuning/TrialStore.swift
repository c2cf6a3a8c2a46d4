internal import Files
internal import FoundationEssentials
internal import Glibc
package import JSON

/// The finished trials of a search, one JSON object a line, each flushed to the disk as it comes, so
/// that an interrupted search goes on where it stopped.
package final class TrialStore {
    private let path: String
    private let descriptor: Int32
    private var trials: [String: (score: Double, seconds: Double)] = [:]
    /// Of all trials together.
    package private(set) var seconds = 0.0

    /// Opens or makes the file.
    ///
    /// - Parameter identity: what trials are of (data, base options); a file of others is refused.
    /// - Throws: `TrainingError` when the file is of another search or damaged, `FileError`.
    package init(_ path: String, identity: JSONValue) throws {
        self.path = path
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        // A line without its end was being written when the process died.
        let whole = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
        for (number, line) in whole.split(separator: "\n").enumerated() {
            guard case .success(let value) = Result(catching: { try JSONValue(parsing: String(line)) }) else {
                throw TrainingError("\(path):\(number + 1)", "is not JSON")
            }
            if number == 0 {
                guard value == identity else {
                    throw TrainingError(
                        path, "holds trials of other data, options or another model; use another folder, or remove it")
                }
                continue
            }
            guard let key = value["trial"], let score = value["score"]?.double,
                let seconds = value["seconds"]?.double
            else { throw TrainingError("\(path):\(number + 1)", "is not a trial") }
            trials[key.description] = (score, seconds)
            self.seconds += seconds
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(path) }
        guard ftruncate(descriptor, whole.utf8.count) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw FileError(path)
        }
        if whole.isEmpty { try append(identity) }
    }

    deinit { close(descriptor) }

    /// The score of a trial that has finished.
    package func score(_ trial: JSONValue) -> Double? { trials[trial.description]?.score }

    /// How long a trial took; nil when it has not finished.
    package func seconds(_ trial: JSONValue) -> Double? { trials[trial.description]?.seconds }

    package func add(_ trial: JSONValue, score: Double, seconds: Double) throws {
        try append(["trial": trial, "score": .number(score), "seconds": .number(seconds)])
        trials[trial.description] = (score, seconds)
        self.seconds += seconds
    }

    private func append(_ value: JSONValue) throws {
        try writeAll(Array("\(value)\n".utf8), to: descriptor, path: path)
        try flush(descriptor, path: path)
    }
}
