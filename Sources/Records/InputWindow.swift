import Glibc

/// A window that slides over a file: the bytes that have been read and not yet consumed.
///
/// It owns the file descriptor. It grows only when the caller extends it without consuming, so the
/// caller bounds the memory.
struct InputWindow: ~Copyable {
    static let defaultSize = 256 << 10

    /// The file's name in errors.
    let name: String
    private let descriptor: Int32
    private var storage: [UInt8]
    private var start = 0
    private var end = 0

    /// - Parameters:
    ///   - path: a file, or "-" for standard input.
    ///   - size: how many bytes to read at a time, at least 1.
    init(path: String, size: Int) throws(RecordError) {
        name = Self.name(of: path)
        if path == "-" {
            descriptor = STDIN_FILENO
        } else {
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
            if descriptor < 0 {
                throw RecordError(
                    path: path, reason: "cannot open: \(String(cString: strerror(errno)))")
            }
        }
        storage = [UInt8](repeating: 0, count: max(size, 1))
    }

    deinit {
        if descriptor != STDIN_FILENO {
            close(descriptor)
        }
    }

    static func name(of path: String) -> String {
        path == "-" ? "standard input" : path
    }

    /// How many bytes are in the window.
    var count: Int { end - start }

    /// Lends the window's bytes, which are valid until `body` returns.
    func withBytes<Result, Failure>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeBufferPointer { (bytes) throws(Failure) in
            // 0 <= start <= end <= bytes.count always holds.
            try body(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        }
    }

    /// Drops this many bytes from the front; at most `count`.
    mutating func consume(_ size: Int) {
        precondition(size <= count, "more bytes consumed than there are")
        start += size
    }

    /// Appends what one `read` gives: at least one byte, or nothing at the end of the file.
    ///
    /// - Returns: whether there was more.
    mutating func extend() throws(RecordError) -> Bool {
        makeRoom()
        while true {
            let size = storage.withUnsafeMutableBytes { bytes in
                // makeRoom has left end < bytes.count, so the slice is not empty.
                let room = UnsafeMutableRawBufferPointer(rebasing: bytes[end...])
                return read(descriptor, room.baseAddress, room.count)
            }
            if size >= 0 {
                end += size
                return size > 0
            }
            if errno != EINTR {
                throw RecordError(
                    path: name, reason: "cannot read: \(String(cString: strerror(errno)))")
            }
        }
    }

    private mutating func makeRoom() {
        if start == end {
            start = 0
            end = 0
        }
        guard end == storage.count else { return }
        if start > 0 {
            storage.withUnsafeMutableBytes { bytes in
                // The ranges lie within the storage; copyMemory allows them to overlap.
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            }
            end -= start
            start = 0
        } else {
            storage.append(contentsOf: repeatElement(0, count: storage.count))
        }
    }

    /// To be called once, at the start of the file. Reads no further than it must, so that a line
    /// typed at a terminal is not held up.
    mutating func skipByteOrderMark() throws(RecordError) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        while withBytes({ $0.count < mark.count && mark.starts(with: $0) }) {
            if try !extend() { return }
        }
        if withBytes({ $0.starts(with: mark) }) {
            consume(mark.count)
        }
    }
}
