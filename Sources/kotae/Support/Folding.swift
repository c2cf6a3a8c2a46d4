import SemanticSearch

extension SearchIndex {
    /// What follows an addition that has been acknowledged.
    func foldIfNeeded(quiet: Bool) {
        tellOfFolding(Result { try foldIfNeeded() }, quiet: quiet)
    }

    /// Tells what a folding came to. The additions stand whatever becomes of it, so a failure is told and
    /// is none of the command's.
    func tellOfFolding(_ result: Result<IndexManifest?, any Error>, quiet: Bool) {
        switch result {
        case .success(let manifest?) where !quiet:
            note(
                "\(path): the FAISS file has what was added, \(grouped(manifest.vectors)) vectors "
                    + "in generation \(manifest.generation)")
        case .success: break
        case .failure(let error):
            note("\(path): the additions are safe, but the FAISS file could not be written anew: \(error)")
        }
    }
}
