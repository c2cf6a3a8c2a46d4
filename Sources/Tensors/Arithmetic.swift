internal import COneDNN

/// What does the arithmetic on this machine.
public enum Arithmetic {
    /// The version of oneDNN in use.
    public static var library: String { String(cString: odn_version()) }

    /// How many processors this process may run on.
    public static var processors: Int { Int(odn_processors()) }

    /// Makes threads that wait for each other sleep rather than spin from now on: for a process that
    /// answers for long beside others, which then hold it up less.
    public static func shareProcessors() { odn_share_processors() }

    /// The vector instructions for which Kotae's own kernels are compiled and which this processor
    /// has, fastest first: "AVX-512 BF16", "AVX-512", "AVX2", "baseline".
    public static var instructions: [String] {
        var names: [String] = []
        while let name = odn_instructions(Int32(names.count)) { names.append(String(cString: name)) }
        return names
    }
}
