internal import Glibc

/// Writes all bytes to an open file, however many calls that takes.
///
/// - Parameter path: what errors call the file.
package func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let written = write(
            descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw FileError(path) }
        rest = rest.dropFirst(written)
    }
}

/// Writes all bytes to an open file.
package func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileError) {
    let result = bytes.withUnsafeBytes { bytes in
        Result { () throws(FileError) in try writeAll(bytes, to: descriptor, path: path) }
    }
    try result.get()
}

/// Returns when the file is on the disk.
package func flush(_ descriptor: Int32, path: String) throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError(path) }
}
