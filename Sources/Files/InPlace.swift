internal import Glibc

/// Whether the file or folder that was opened is still the one of this name, which somebody may have
/// renamed or removed since.
package func isInPlace(_ descriptor: Int32, _ path: String) -> Bool {
    var own = stat()
    var there = stat()
    return fstat(descriptor, &own) == 0 && stat(path, &there) == 0 && own.st_dev == there.st_dev
        && own.st_ino == there.st_ino
}
