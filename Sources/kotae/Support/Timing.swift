/// How many milliseconds `body` takes.
func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .milliseconds(1)
}

/// Durations in milliseconds, from the shortest to the longest.
struct Durations {
    private let sorted: [Double]

    /// - Parameter milliseconds: at least one.
    init(_ milliseconds: [Double]) { sorted = milliseconds.sorted() }

    /// The duration that the given share of all does not exceed (nearest rank).
    ///
    /// - Parameter share: in (0, 1].
    func percentile(_ share: Double) -> Double {
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }

    var median: Double { percentile(0.5) }
    var least: Double { percentile(0) }
}

/// The splitmix64 generator (Steele, Lea and Flood, OOPSLA 2014): the same numbers every time.
struct RepeatableRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
