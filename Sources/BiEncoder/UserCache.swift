internal import Glibc

/// Where what can be computed again is kept for the next process.
enum UserCache {
    /// `$XDG_CACHE_HOME/kotae` or `~/.cache/kotae`; nil where neither variable is set.
    static var folder: String? {
        if let cache = environment("XDG_CACHE_HOME"), cache.hasPrefix("/") { return cache + "/kotae" }
        return environment("HOME").map { $0 + "/.cache/kotae" }
    }
}

/// A variable of the environment, nil when it is not set.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
