import FoundationEssentials
import Glibc
import SemanticSearch

/// This program, run once more with other arguments and the same streams.
struct ChildProcess {
    /// How it ended.
    enum End {
        case exit(Int32)
        /// By a signal, such as number 11, "Segmentation fault"; whether it is of those that a
        /// process brings upon itself.
        case signal(Int32, String, isCrash: Bool)
    }

    private let process: pid_t

    /// - Throws: `IndexError` of kind `system` when no process can be started.
    init(_ arguments: [String]) throws {
        // A crash is what may be expected, and its trace would tell nothing.
        var environment = ProcessInfo.processInfo.environment
        environment["SWIFT_BACKTRACE"] = "enable=no"
        // Whoever has started this process may have it ignored, and then no child can be waited for.
        Glibc.signal(SIGCHLD, SIG_DFL)
        var process = pid_t()
        let code = withCStrings(["kotae"] + arguments) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&process, "/proc/self/exe", nil, nil, arguments, environment)
            }
        }
        guard code == 0 else {
            throw IndexError(.system, "/proc/self/exe", String(cString: strerror(code)).lowercased())
        }
        self.process = process
    }

    /// Waits until it has ended.
    ///
    /// - Throws: `IndexError` of kind `system` when that cannot be known.
    func wait() throws -> End {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else {
                throw IndexError(.system, "waitpid", String(cString: strerror(errno)).lowercased())
            }
        }
        // As wait(2) encodes it.
        let signal = status & 0x7F
        return signal == 0
            ? .exit((status >> 8) & 0xFF) : .signal(
                signal, String(cString: strsignal(signal)),
                isCrash: [SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGTRAP].contains(signal))
    }

    /// Makes a crash of this process leave no core file.
    static func leavesNoCore() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}

/// Lends C an array of strings that ends with nil.
private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
}
