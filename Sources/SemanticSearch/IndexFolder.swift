internal import Files
internal import Glibc
internal import JSON

/// The files of an index folder.
struct IndexFolder {
    let path: String

    var manifestPath: String { "\(path)/index.json" }
    var vectorsPath: String { "\(path)/vectors.faiss" }
    /// A new FAISS file before it gets its name; it counts when its generation is the manifest's.
    var nextVectorsPath: String { "\(path)/vectors.faiss.next" }
    /// A FAISS file that is made beside writers and belongs to no generation yet.
    var unfinishedVectorsPath: String { "\(path)/vectors.faiss.unfinished" }
    /// The rows of a graph while it is made; belongs to one of the two files above.
    func rowsPath(of vectors: String) -> String { "\(vectors).rows" }
    var dataPath: String { "\(path)/data.mdb" }
    var lockPath: String { "\(path)/lock.mdb" }

    /// - Throws: `IndexError` when there is no such folder or no index in it.
    func checkIsIndex() throws(IndexError) {
        guard isFolder else {
            throw IndexError(
                .missing, path, exists(path) ? "this is not a folder" : "there is no such folder")
        }
        guard exists(dataPath) else {
            for remains in [manifestPath, vectorsPath] where exists(remains) {
                throw IndexError(
                    .damaged, dataPath,
                    "is missing, while \(remains) is there: put a copy of it in its place, or build the index "
                        + "again with kotae index build")
            }
            throw IndexError(
                .missing, path, "there is no index in this folder; build one with kotae index build")
        }
    }

    var isFolder: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Writes the manifest so that it is whole or as it was before, also after a loss of power.
    ///
    /// - Parameter manifest: as the store has it.
    func write(_ manifest: JSONValue) throws {
        try DurableFile.write(IndexManifest.text(of: manifest), to: manifestPath)
    }

    /// Gives the new FAISS file its name.
    func installNextVectors() throws {
        guard rename(nextVectorsPath, vectorsPath) == 0 else { throw systemError(vectorsPath) }
        try DurableFile.flushFolder(of: vectorsPath)
    }

    /// Brings the folder up to a manifest that is committed. What is committed stands, so that a
    /// failure here, as of a full disk, is left to the next writer to make good.
    func publish(_ manifest: IndexManifest) {
        do {
            try installNextVectors()
            try write(manifest.json)
        } catch {}
    }

    /// Removes what an index consists of, and on demand the folder itself if it is empty then.
    func removeFiles(andFolder: Bool) {
        for file in [
            dataPath, lockPath, vectorsPath, nextVectorsPath, rowsPath(of: nextVectorsPath),
            unfinishedVectorsPath, rowsPath(of: unfinishedVectorsPath), manifestPath,
        ] { unlink(file) }
        if andFolder { rmdir(path) }
    }

    func systemError(_ path: String) -> IndexError {
        IndexError(.system, path, String(cString: strerror(errno)).lowercased())
    }
}
