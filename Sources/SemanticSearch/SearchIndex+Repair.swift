internal import EmbeddingStore
internal import Glibc

extension SearchIndex {
    /// Makes the FAISS file and `index.json` anew from the store, whatever they hold.
    ///
    /// What the store itself has lost comes back only by building the index again.
    ///
    /// - Throws: `IndexError`, or what the store throws when it is damaged itself.
    public static func repair(at path: String) throws {
        let folder = IndexFolder(path: path)
        try folder.checkIsIndex()
        try WriterLock(folder: folder).hold(patience: .seconds(10)) {
            // Without a FAISS file of its generation an index answers from the store.
            for file in [folder.vectorsPath, folder.nextVectorsPath] {
                guard unlink(file) == 0 || errno == ENOENT else { throw folder.systemError(file) }
            }
        }
        try SearchIndex(opening: path, writable: true).compact()
    }
}
