internal import Files
internal import Glibc

/// The folder of a model's files at a commit: links to where their content is.
struct Snapshot {
    let path: String

    /// Whether a file is there.
    func holds(_ file: String) -> Bool { isThere("\(path)/\(file)") }

    /// Makes the links to files whose content is whole.
    func link(_ files: [HubFile]) throws(FileError) {
        var folders: Set<String> = []
        for file in files where !holds(file.name) {
            let place = "\(path)/\(file.name)"
            let folder = DurableFile.parent(of: place)
            try makeFolder(folder)
            // From the file's folder up to the model's.
            let depth = file.name.split(separator: "/").count + 1
            let target = String(repeating: "../", count: depth) + "blobs/" + file.etag
            // A link that points nowhere is in the way.
            unlink(place)
            guard symlink(target, place) == 0 || errno == EEXIST else { throw FileError(place) }
            folders.insert(place)
        }
        for place in folders { try DurableFile.flushFolder(of: place) }
        try DurableFile.flushFolder(of: path)
    }
}
