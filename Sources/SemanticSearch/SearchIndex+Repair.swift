extension SearchIndex {
    /// Makes the FAISS file and `index.json` anew from the store, whatever they hold.
    ///
    /// What the store itself has lost comes back only by building the index again.
    ///
    /// - Throws: `IndexError`, or what the store throws when it is damaged itself.
    public static func repair(at path: String) throws {
        try SearchIndex(opening: path, writable: true, loadsVectors: false).compact()
    }
}
