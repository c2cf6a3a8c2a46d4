import FoundationEssentials
import Glibc
import JSON
import Synchronization
import TestSupport
import Testing

/// A new folder in which a test runs `kotae`. Its file system is the test's alone: home, caches,
/// and a library of models in which the tiny `bert-mean` goes by the name of the default model.
struct Workplace {
    /// Where the command runs; what the test compares before and after.
    let folder: String
    private let base: String

    /// What a finished command left behind.
    struct Outcome {
        let status: Int32
        let output: [UInt8]
        let error: String
        /// The most memory that it held, in bytes.
        let peakMemory: Int

        var text: String { String(decoding: output, as: UTF8.self) }
        var lines: [String] { text.split(separator: "\n").map(String.init) }

        /// One JSON value a line.
        var json: [JSONValue] {
            get throws { try lines.map { try JSONValue(parsing: $0) } }
        }

        /// One JSON array of numbers a line.
        var vectors: [[Float]] {
            get throws { try json.map(numbers) }
        }
    }

    fileprivate init(base: String) throws {
        self.base = base
        folder = base + "/work"
        for name in ["work", "home", "models", "streams"] {
            try FileManager.default.createDirectory(
                atPath: "\(base)/\(name)", withIntermediateDirectories: true)
        }
        for (name, model) in [
            ("all-MiniLM-L6-v2", "bert-mean"), ("prompts", "bert-prompts"), ("wide", "bert-cls-f16"),
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(base)/models/\(name)", withDestinationPath: fixture("models/\(model)"))
        }
    }

    /// Runs `kotae` and waits for its end.
    ///
    /// - Parameters:
    ///   - input: what standard input holds; a file, so that nobody has to feed it.
    ///   - restricted: runs it so that permissions bind it, which they do not bind the superuser.
    ///   - killedAfter: seconds after which it is ended by SIGKILL.
    ///   - largestFile: bytes beyond which no file may grow.
    ///   - variables: for its environment, beside `environment`.
    ///   - trace: a file for the system calls that open, write, flush and rename, as strace shows
    ///     them.
    func run(
        _ arguments: [String], input: String = "", restricted: Bool = false,
        killedAfter: Double? = nil, largestFile: Int? = nil, variables: [String: String] = [:],
        tracedTo trace: String? = nil
    ) throws -> Outcome {
        let name = "\(base)/streams/\(UUID().uuidString)"
        try Data(input.utf8).write(to: URL(filePath: name + ".in"))

        var command = [try kotae()] + arguments
        if restricted, geteuid() == 0 {
            command = [setpriv, "--bounding-set=-dac_override,-dac_read_search"] + command
        }
        if let largestFile { command = ["/usr/bin/prlimit", "--fsize=\(largestFile)"] + command }
        if let killedAfter {
            command = ["/usr/bin/timeout", "--signal=KILL", "\(killedAfter)"] + command
        }
        if let trace {
            let calls = "openat,write,pwrite64,writev,pwritev,fsync,fdatasync,msync,rename,renameat,renameat2"
            command = ["/usr/bin/strace", "-f", "-q", "-y", "-o", trace, "-e", "trace=\(calls)"] + command
        }
        command = ["/usr/bin/env", "-C", folder] + command
        let settings = environment.merging(variables) { $1 }.map { "\($0.key)=\($0.value)" }
        return try running.withLock { _ in
            try finish(command, settings, streams: name)
        }
    }

    /// What commands find in their environment.
    var environment: [String: String] {
        [
            "HOME": "\(base)/home", "XDG_CACHE_HOME": "\(base)/home/.cache",
            "KOTAE_MODELS": "\(base)/models", "PATH": "/usr/bin:/bin",
        ]
    }

    private func finish(
        _ command: [String], _ environment: [String], streams name: String
    ) throws -> Outcome {
        let (process, outputEnd) = try start(
            command, environment, input: name + ".in", error: name + ".err")
        defer { close(outputEnd) }

        let (output, peakMemory) = readAll(outputEnd, of: process)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { try #require(errno == EINTR) }
        // As a shell tells it: 128 and the signal's number.
        let signal = status & 0x7F
        return Outcome(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: output,
            error: String(
                decoding: try Data(contentsOf: URL(filePath: name + ".err")), as: UTF8.self),
            peakMemory: peakMemory)
    }

    func run(_ arguments: String..., input: String = "") throws -> Outcome {
        try run(arguments, input: input)
    }

    /// The calls of a successful run in their order, each as "fsync(7</folder/file>) = 0".
    func trace(_ arguments: [String]) throws -> [String] {
        let file = "\(base)/streams/trace"
        let outcome = try run(arguments, tracedTo: file)
        try #require(outcome.status == 0, "\(outcome.error)")
        return String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
            .split(separator: "\n").map { line in
                String(line.drop { $0 != " " }.drop { $0 == " " })
            }
    }

    /// Runs `kotae`, which has to succeed.
    func succeed(
        _ arguments: String..., input: String = "",
        location: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try run(arguments, input: input)
        try #require(outcome.status == 0, "\(outcome.error)", sourceLocation: location)
        return outcome
    }

    /// Runs `kotae`, which has to fail with a status and a message that has all of some parts,
    /// print no result and leave the disk as it was.
    func refuse(
        _ arguments: [String], status: Int32 = 1, saying parts: [String], input: String = "",
        location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try listing()
        let outcome = try run(arguments, input: input)
        #expect(outcome.status == status, "\(outcome.error)", sourceLocation: location)
        for part in parts {
            #expect(outcome.error.contains(part), sourceLocation: location)
        }
        #expect(outcome.text == "", sourceLocation: location)
        #expect(try listing() == before, sourceLocation: location)
    }

    /// Runs a script of the shell where commands run and with what they find; whether it ended well.
    func shell(_ script: String) throws -> Bool {
        let settings = environment.map { "export \($0.key)='\($0.value)'\n" }.joined()
        return try succeeds("/bin/sh", "-c", "\(settings)cd '\(folder)' || exit\n\(script)")
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: path(name)))
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: false)
    }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(name))))
    }

    func exists(_ name: String) throws -> Bool {
        FileManager.default.fileExists(atPath: path(name))
    }

    /// Copies a model of the fixtures to where the test can damage it.
    func copyModel(_ model: String, to name: String) throws {
        try FileManager.default.copyItem(atPath: fixture("models/\(model)"), toPath: path(name))
    }

    /// Every file and folder, each file with its content. LMDB's lock file is shared memory of
    /// those who have the index open, so that only its being there counts. Kotae's cache of the
    /// hashes of models may grow whatever comes after it.
    func listing() throws -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        for root in ["work", "home"] {
            for name in try FileManager.default.subpathsOfDirectory(atPath: "\(base)/\(root)")
            where root != "home" || !name.hasPrefix(".cache") {
                let path = "\(base)/\(root)/\(name)"
                var isFolder = false
                _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                let counts = !isFolder && !name.hasSuffix("lock.mdb")
                result["\(root)/\(name)"] =
                    counts ? [UInt8](try Data(contentsOf: URL(filePath: path))) : []
            }
        }
        return result
    }
}

/// A program that takes from the superuser the right to pass over permissions.
let setpriv = "/usr/bin/setpriv"

/// Gives a test a `Workplace` that is gone afterwards.
func withWorkplace<Result>(_ body: (Workplace) throws -> Result) throws -> Result {
    try withTemporaryFolder { try body(Workplace(base: $0)) }
}

/// An FAQ of five documents whose questions, alternates and answers the tests know.
let smallCorpus = """
    {"id":"password","question":"how do i change my password","alternates":["cancel password","where is my password"],"answer":"Here.","product":"app"}
    {"id":"order","question":"cancel my order","alternates":[],"answer":"There."}
    {"id":"why","question":"why not"}
    {"id":"twin","question":"who is in it","alternates":["cancel my order"],"answer":"Twin."}
    {"id":"時","question":"注文した商品はいつ来ますか","answer":"明日"}

    """

extension Workplace {
    /// Builds the index `faq` from `corpus.jsonl`.
    func buildSmallIndex() throws {
        try write("corpus.jsonl", smallCorpus)
        _ = try succeed("index", "build", "faq", "--corpus", "corpus.jsonl")
    }
}

func numbers(_ array: JSONValue) throws -> [Float] {
    try #require(array.array).map { Float(try #require($0.double)) }
}

/// Numbers as `--format raw` writes them: float32, little-endian.
func floats(_ bytes: [UInt8]) -> [Float] {
    bytes.withUnsafeBytes { raw in
        (0..<bytes.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
}

/// One command runs at a time: each uses all processors, so that several would only be in each
/// other's way, and none inherits the pipe of another.
private let running = Mutex(())

/// Starts a program whose standard output is a pipe, of which the end to read from is returned. The
/// other streams are files, so that nobody waits for anybody.
private func start(
    _ command: [String], _ environment: [String], input: String, error: String
) throws -> (process: pid_t, output: Int32) {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, error, O_WRONLY | O_CREAT, 0o600)
    // The tests' own threads block signals, without some of which a shell waits for ever.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process = pid_t()
    let code = withCStrings(command) { arguments in
        withCStrings(environment) { environment in
            posix_spawn(&process, command[0], &actions, &attributes, arguments, environment)
        }
    }
    try #require(code == 0, "\(command[0]): \(String(cString: strerror(code)))")
    return (process, ends[0])
}

/// Runs a program of the system to its end; whether it ended well.
func succeeds(_ command: String...) throws -> Bool {
    try running.withLock { _ in
        let (process, output) = try start(command, [], input: "/dev/null", error: "/dev/null")
        close(output)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { try #require(errno == EINTR) }
        return status == 0
    }
}

/// What a process writes until it ends, and the most memory that it held, in bytes.
///
/// The kernel's own account of a child (`ru_maxrss`) begins with the size of the process that it was
/// spawned from, so the child's high-water mark is looked at every few milliseconds instead.
private func readAll(_ descriptor: Int32, of process: pid_t) -> ([UInt8], peakMemory: Int) {
    var all: [UInt8] = []
    var peak = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        peak = max(peak, highWaterMark(of: process))
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, 2) > 0 else { continue }
        let size = Glibc.read(descriptor, &buffer, buffer.count)
        if size < 0, errno == EINTR { continue }
        guard size > 0 else { return (all, peak) }
        all += buffer[..<size]
    }
}

/// `VmHWM` of proc(5) in bytes; 0 for a process that has ended.
private func highWaterMark(of process: pid_t) -> Int {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
        let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return kibibytes * 1024
}

/// Lends C an array of strings that ends with nil.
private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
}
