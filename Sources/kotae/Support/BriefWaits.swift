import Glibc
import Tensors

/// How long the threads of a training wait for each other awake: some 0.1 ms, then they sleep.
///
/// They wait some thousand times a second. Asleep at once, as `Arithmetic.shareProcessors` has it, they
/// cost a tenth of the speed; awake for milliseconds, as libgomp has it by default, a third of it beside
/// another program. libgomp reads the time from the environment before `main`, so the process has to begin
/// again, as the same process of the system.
enum BriefWaits {
    /// The subcommands that train.
    private static let commands: Set = ["train", "tune", "pilot"]
    /// libgomp's, in rounds of waiting.
    private static let variable = "GOMP_SPINCOUNT"
    private static let rounds = "5000"

    /// Begins again where a training is asked for and nobody has chosen how threads wait.
    static func begin() {
        guard let command = CommandLine.arguments.dropFirst().first, commands.contains(command), !isChosen else {
            return
        }
        setenv(variable, rounds, 1)
        execv("/proc/self/exe", CommandLine.unsafeArgv)
        // Where that cannot be done the process goes on as it is.
        unsetenv(variable)
    }

    /// For a process that did not begin again.
    static func orSleep() {
        if !isChosen { Arithmetic.shareProcessors() }
    }

    private static var isChosen: Bool { getenv(variable) != nil || getenv("OMP_WAIT_POLICY") != nil }
}
