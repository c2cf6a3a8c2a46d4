internal import Files
internal import FoundationEssentials
internal import Glibc

/// Where a training keeps what it needs to go on, until the finished model takes its place.
///
/// All of it lives in `NAME.partial` beside the folder `NAME` that is wanted. The model appears under
/// its name whole.
package struct TrainingFolder: Sendable {
    /// The folder that is wanted.
    package let path: String

    package init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package var partial: String { path + ".partial" }
    var checkpoint: String { partial + "/checkpoint.safetensors" }
    var best: String { partial + "/best.safetensors" }
    var log: String { partial + "/log.jsonl" }
    var model: String { partial + "/model" }
    private var former: String { path + ".former" }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    package var hasCheckpoint: Bool { exists(checkpoint) }

    /// Checks that a training may begin, or go on.
    ///
    /// - Throws: `TrainingError` with what to do instead.
    package func check(resume: Bool, overwrite: Bool) throws(TrainingError) {
        if exists(path), !overwrite {
            throw TrainingError(path, "exists already; give --overwrite to replace it when the training is done")
        }
        if !resume, exists(partial), !overwrite {
            throw TrainingError(
                path,
                "an interrupted training is kept in \(partial); give --resume to go on with it, or "
                    + "--overwrite to start anew")
        }
        guard access(DurableFile.parent(of: path), W_OK) == 0 else {
            throw TrainingError(path, "cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Makes the folder of a training that begins anew.
    func begin() throws {
        try remove(partial)
        guard mkdir(partial, 0o777) == 0 else {
            throw FileError(partial)
        }
        try DurableFile.flushFolder(of: partial)
    }

    /// Gives the finished model its name and removes the rest.
    func finish() throws {
        if exists(path) {
            try remove(former)
            try move(path, to: former)
        }
        try move(model, to: path)
        try DurableFile.flushFolder(of: path)
        try remove(former)
        try remove(partial)
    }

    func removeModel() throws { try remove(model) }

    private func move(_ source: String, to target: String) throws {
        guard rename(source, target) == 0 else {
            throw FileError(target)
        }
    }

    /// Removes a folder and what is in it, if it is there.
    private func remove(_ path: String) throws {
        guard exists(path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }
}
