import FoundationEssentials

/// The binary under test, which stands beside the tests' own.
package func kotae() throws -> String {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return own.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/kotae"
}
