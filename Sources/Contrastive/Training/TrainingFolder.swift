package import Files
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
    /// The model that the finished one replaces, for the moment between two renamings.
    private var former: String { partial + "/former" }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    package var hasCheckpoint: Bool { exists(checkpoint) }

    /// Checks that a training may begin, or go on.
    ///
    /// - Parameters:
    ///   - resume: whether one that was interrupted may go on.
    ///   - overwrite: whether a model of the name may be replaced; without `resume` also what an
    ///     interrupted training has left.
    /// - Throws: `TrainingError` with what to do instead.
    package func check(resume: Bool, overwrite: Bool) throws(TrainingError) {
        if exists(path) {
            guard overwrite else {
                let again = resume ? " beside --resume" : ""
                throw TrainingError(
                    path, "exists already; give --overwrite\(again) to replace it when the training is done")
            }
            guard ["modules.json", "config.json"].contains(where: { exists("\(path)/\($0)") }) else {
                throw TrainingError(path, "is not the folder of a model and is not replaced; give another name")
            }
        }
        if !resume, hasCheckpoint, !overwrite {
            throw TrainingError(
                path,
                "an interrupted training is kept in \(partial); give --resume to go on with it, or "
                    + "--overwrite to start anew")
        }
        guard access(DurableFile.parent(of: path), W_OK) == 0 else {
            throw TrainingError(path, "cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Makes the folder of a training's state where there is none, and keeps other trainings out of it.
    ///
    /// - Returns: what keeps them out as long as it lives.
    /// - Throws: `TrainingError` when another training is at work there; `FileError`.
    package func lock() throws -> FolderLock {
        try make(partial)
        guard let lock = try FolderLock(partial) else {
            throw TrainingError(partial, "another training is at work in this folder: wait for it, or give another name")
        }
        return lock
    }

    /// Makes the folder of a training that begins anew, with nothing in it. A model whose place a finished
    /// one had not yet taken when the process died gets it back.
    func begin() throws {
        try make(partial)
        if exists(former), !exists(path) { try move(former, to: path) }
        for entry in try FileManager.default.contentsOfDirectory(atPath: partial) { try remove("\(partial)/\(entry)") }
        try DurableFile.flushFolder(of: partial)
    }

    /// Removes the files that a training was writing when its process died.
    func removeUnfinished() throws {
        for entry in try FileManager.default.contentsOfDirectory(atPath: partial) where entry.hasSuffix(".partial") {
            try remove("\(partial)/\(entry)")
        }
    }

    /// Gives the finished model its name and removes the rest.
    func finish() throws {
        if exists(path) {
            try remove(former)
            try move(path, to: former)
        }
        try move(model, to: path)
        try DurableFile.flushFolder(of: path)
        try remove(partial)
    }

    func removeModel() throws { try remove(model) }

    private func make(_ path: String) throws {
        if mkdir(path, 0o777) != 0, errno != EEXIST { throw FileError(path) }
    }

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
