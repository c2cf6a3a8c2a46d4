internal import Files
internal import Glibc

/// Makes a folder and those it is in, where they are not there yet.
func makeFolder(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, path.contains("/") else { throw FileError(path) }
    try makeFolder(DurableFile.parent(of: path))
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw FileError(path) }
}

/// Whether there is something under a name, or where the link of that name points.
func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }
