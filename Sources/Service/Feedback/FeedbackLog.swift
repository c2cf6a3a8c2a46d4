internal import Files
internal import Glibc
internal import JSON
internal import Synchronization

/// The folder in which feedback is kept: for each index a file of JSON Lines, which only its owner may
/// read, since what people ask a help desk is personal.
final class FeedbackLog: Sendable {
    private let folder: String
    /// Held while a line is written.
    private let writing = Mutex<Void>(())

    /// Makes the folder where it is missing.
    ///
    /// - Throws: `FileError`.
    init(folder: String) throws {
        self.folder = folder
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw FileError(folder) }
    }

    /// Appends a record; it is on the disk when this returns.
    ///
    /// - Throws: `FileError`.
    func append(_ record: FeedbackRecord) throws {
        let path = "\(folder)/\(Self.fileName(record.index)).jsonl"
        var line: [UInt8] = []
        record.json.append(to: &line)
        line.append(UInt8(ascii: "\n"))
        try writing.withLock { _ in
            let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw FileError(path) }
            defer { close(descriptor) }
            try writeAll(line, to: descriptor, path: path)
            try flush(descriptor, path: path)
        }
    }

    /// An index's name as one part of a path.
    private static func fileName(_ index: String) -> String {
        index.replacing("/", with: "_").replacing("\0", with: "_")
    }
}
