import Contrastive
import Files
import Foundation
import Glibc

/// What a pilot leaves and where it keeps what it needs to go on.
///
///     data/        corpus and pairs in their parts, as the other commands read them
///     model/       the fine-tuned model, where one beat the base model
///     index/       the index of the winner
///     report.html  report.json  report.md
///     work/        trials, trainings and indexes of a pilot that is not done
struct PilotFolder {
    let path: String

    init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    var corpus: String { path + "/data/corpus.jsonl" }
    var development: String { path + "/data/development.jsonl" }
    var heldOut: String { path + "/data/held-out.jsonl" }
    /// Pairs to learn from: "training", or "mined" with hard negatives.
    func pairs(_ name: String) -> String { path + "/data/\(name).jsonl" }

    var model: String { path + "/model" }
    var index: String { path + "/index" }
    var report: String { path + "/report" }

    private var work: String { path + "/work" }
    var trials: String { work + "/trials.jsonl" }
    func training(_ name: String) -> String { "\(work)/\(name)" }
    func index(_ name: String) -> String { "\(work)/index-\(name)" }

    /// In the order in which a pilot that begins anew removes them: as long as the page is there, the
    /// folder counts as a finished pilot's.
    private static let names = ["data", "model", "index", "work", "report.json", "report.md", "report.html"]

    /// Whether a pilot that was killed while it wrote a report has left it (see `DurableFile`).
    private static func isPartOfReport(_ name: String) -> Bool {
        name.hasPrefix("report.") && name.hasSuffix(".partial")
    }

    /// Checks that a pilot may begin or go on here.
    ///
    /// - Throws: `TrainingError` with what to do instead.
    func check(overwrite: Bool) throws {
        guard let entries = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            guard access(path, F_OK) != 0 else { throw TrainingError(path, "is no folder") }
            guard access(DurableFile.parent(of: path), W_OK) == 0 else {
                throw TrainingError(path, "cannot be made: \(String(cString: strerror(errno)))")
            }
            return
        }
        let others = Set(entries).subtracting(Self.names).filter { !Self.isPartOfReport($0) }.sorted()
        if let first = others.first {
            throw TrainingError(path, "holds \"\(first)\", which is none of a pilot's; give a folder of its own")
        }
        if isDone, !overwrite {
            throw TrainingError(path, "holds the report of a finished pilot; give --overwrite to make a new one")
        }
    }

    var isDone: Bool { has(report + ".html") }

    func has(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes the folders that are missing.
    ///
    /// - Parameter anew: whether what is there goes first.
    /// - Returns: what keeps other pilots out of the folder as long as it lives.
    /// - Throws: `TrainingError` when another is at work there, or has finished meanwhile.
    func begin(anew: Bool) throws -> FolderLock {
        if mkdir(path, 0o777) != 0, errno != EEXIST { throw FileError(path) }
        guard let lock = try FolderLock(path) else {
            throw TrainingError(path, "another pilot is at work in this folder: wait for it, or give another one")
        }
        try check(overwrite: anew)
        if anew {
            for name in Self.names { try remove("\(path)/\(name)") }
        }
        for entry in try FileManager.default.contentsOfDirectory(atPath: path) where Self.isPartOfReport(entry) {
            try remove("\(path)/\(entry)")
        }
        for folder in [path + "/data", work] where mkdir(folder, 0o777) != 0 && errno != EEXIST {
            throw FileError(folder)
        }
        try DurableFile.flushFolder(of: path)
        return lock
    }

    /// Removes what only a pilot that goes on needs.
    func finish() throws { try remove(work) }

    func remove(_ path: String) throws {
        if has(path) { try FileManager.default.removeItem(atPath: path) }
    }

    /// Puts a finished folder in its place.
    func move(_ source: String, to target: String) throws {
        try remove(target)
        guard rename(source, target) == 0 else { throw FileError(target) }
        try DurableFile.flushFolder(of: target)
    }
}
