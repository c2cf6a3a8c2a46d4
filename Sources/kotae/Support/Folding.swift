import SemanticSearch

extension SearchIndex {
    /// What follows an addition that has been acknowledged. It stands whatever becomes of this, so
    /// a failure is told and is none of the command's.
    func foldIfNeeded(quiet: Bool) {
        do {
            guard let manifest = try foldIfNeeded(), !quiet else { return }
            note(
                "\(path): the FAISS file has what was added, \(grouped(manifest.vectors)) vectors "
                    + "in generation \(manifest.generation)")
        } catch {
            note("\(path): the additions are safe, but the FAISS file could not be written anew: \(error)")
        }
    }
}
