import Files
import FoundationEssentials
import Glibc

/// A new folder in `$TMPDIR`, or /tmp, that is gone with its files when this object is.
final class TemporaryFolder {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.path(percentEncoded: false)
        var template = Array("\(folder)/kotae.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FileError(folder) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
