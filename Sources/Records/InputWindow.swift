import Glibc

/// A window that slides over a file: the text, in UTF-8, that has been read and not yet consumed.
///
/// It owns the file descriptor. It grows only when the caller extends it without consuming, so the
/// caller bounds the memory.
struct InputWindow: ~Copyable {
    static let defaultSize = 256 << 10

    /// The file's name in errors.
    let name: String
    private let descriptor: Int32
    /// Nil for a file in UTF-8, whose bytes are read into the window as they are.
    private let decoder: TextDecoder?
    private var storage: [UInt8]
    private var start = 0
    private var end = 0

    /// - Parameters:
    ///   - path: a file, or "-" for standard input.
    ///   - encoding: the file's.
    ///   - size: how many bytes to read at a time, at least 1.
    init(path: String, encoding: TextEncoding, size: Int) throws(RecordError) {
        self.init(
            descriptor: path == "-" ? STDIN_FILENO : try Self.open(path), name: Self.name(of: path),
            encoding: encoding, size: size)
    }

    /// As above, of a file that may have been read before.
    init(file: RereadableFile, encoding: TextEncoding, size: Int) throws(RecordError) {
        self.init(descriptor: try file.open(), name: file.name, encoding: encoding, size: size)
    }

    private init(descriptor: Int32, name: String, encoding: TextEncoding, size: Int) {
        self.descriptor = descriptor
        self.name = name
        decoder = TextDecoder(encoding, size: size)
        storage = [UInt8](repeating: 0, count: max(size, 1))
    }

    deinit {
        if descriptor != STDIN_FILENO {
            close(descriptor)
        }
    }

    /// - Throws: `RecordError` with the system's reason.
    static func open(_ path: String) throws(RecordError) -> Int32 {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            throw RecordError(
                path: path, reason: "cannot open: \(String(cString: strerror(errno)))")
        }
        return descriptor
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
    /// - Throws: `RecordError` when the file cannot be read or its bytes are not in its encoding.
    mutating func extend() throws(RecordError) -> Bool {
        if let decoder { return try extend(by: decoder) }
        makeRoom(for: 1)
        let descriptor = descriptor
        let size = writeText { Self.read(descriptor, into: $0) }
        if size < 0 { throw cannotRead() }
        end += size
        return size > 0
    }

    /// As `extend`, by way of the decoder. Text before the place of an error comes first.
    private mutating func extend(by decoder: TextDecoder) throws(RecordError) -> Bool {
        makeRoom(for: TextDecoder.leastRoom)
        while true {
            switch writeText({ decoder.step(into: $0) }) {
            case .text(let size):
                end += size
                return true
            case .invalid: throw invalidByte(in: decoder)
            case .needsBytes: break
            }
            let size = decoder.fill { Self.read(descriptor, into: $0) }
            if size < 0 { throw cannotRead() }
            if size == 0 { break }
        }
        if decoder.nextByte != nil {
            throw RecordError(
                path: name, line: decoder.lineFeeds + 1,
                reason: "the file ends within the character of \(decoder.encoding.name) "
                    + "at offset \(decoder.offset)")
        }
        let size = writeText { decoder.finish(into: $0) }
        end += size
        return size > 0
    }

    /// Lends the room behind the text.
    private mutating func writeText<Result>(
        _ body: (UnsafeMutableRawBufferPointer) -> Result
    ) -> Result {
        // end <= storage.count always holds.
        storage.withUnsafeMutableBytes { body(UnsafeMutableRawBufferPointer(rebasing: $0[end...])) }
    }

    /// One `read`, again when a signal interrupts it; negative when it fails.
    static func read(
        _ descriptor: Int32, into bytes: UnsafeMutableRawBufferPointer
    ) -> Int {
        while true {
            let size = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
            if size >= 0 || errno != EINTR { return size }
        }
    }

    private func cannotRead() -> RecordError {
        RecordError(path: name, reason: "cannot read: \(String(cString: strerror(errno)))")
    }

    private mutating func makeRoom(for size: Int) {
        if start == end {
            start = 0
            end = 0
        }
        guard storage.count - end < size else { return }
        if start > 0 {
            storage.withUnsafeMutableBytes { bytes in
                // The ranges lie within the storage; copyMemory allows them to overlap.
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            }
            end -= start
            start = 0
        }
        let lack = size - (storage.count - end)
        if lack > 0 {
            storage.append(contentsOf: repeatElement(0, count: max(storage.count, lack)))
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

extension InputWindow {
    /// The error for the byte at which a decoder is stuck.
    private func invalidByte(in decoder: TextDecoder) -> RecordError {
        let digits = String(decoder.nextByte ?? 0, radix: 16, uppercase: true)
        let head = readHead()
        let guess = EncodingGuess.name(
            head: head.isEmpty ? Array(decoder.head) : head, further: [], expected: decoder.encoding)
        let hint =
            switch guess {
            case "utf-8"?: "; the file reads as UTF-8: leave out --encoding"
            case let name?: "; the file reads as \(name): give --encoding \(name)"
            case nil: ""
            }
        return RecordError(
            path: name, line: decoder.lineFeeds + 1,
            reason: "the byte 0x\(digits) at offset \(decoder.offset) of the file begins no character "
                + "of \(decoder.encoding.name)\(hint)")
    }

    /// What to do about bytes of the window that are not UTF-8, as the end of a sentence.
    func encodingHint() -> String {
        let further = withBytes { Array($0.prefix(EncodingGuess.sampleSize)) }
        let guess = EncodingGuess.name(head: readHead(), further: further, expected: .utf8)
        return if let guess {
            "the file reads as \(guess): give --encoding \(guess)"
        } else {
            "save the file as UTF-8 or give its --encoding"
        }
    }

    /// The first bytes of the file, or none when it cannot be read again, such as a pipe.
    private func readHead() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: EncodingGuess.sampleSize) { bytes, count in
            count = max(pread(descriptor, bytes.baseAddress, bytes.count, 0), 0)
        }
    }
}
