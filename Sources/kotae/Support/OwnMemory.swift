import FoundationEssentials

/// How many bytes of memory are this process's own: resident, and not pages of a mapped file, which the
/// system takes back when it needs them. Nil where the system does not tell (`RssAnon`, proc(5)).
func ownMemory() -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }),
        let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    return kibibytes * 1024
}
