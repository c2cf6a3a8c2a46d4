internal import Tensors

/// Random numbers that a seed decides: SplitMix64.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = splitMix64(seed) }

    /// What random numbers are for: different uses of a seed have nothing to do with each other.
    enum Purpose: UInt64 {
        case clusters = 1, batches, dropout, unlabelled, trials
    }

    /// A generator for one of many uses of a seed.
    ///
    /// - Parameter number: of the epoch or step.
    init(seed: UInt64, _ purpose: Purpose, number: Int = 0) {
        state = splitMix64(splitMix64(splitMix64(seed) ^ purpose.rawValue) ^ UInt64(number))
    }

    package mutating func next() -> UInt64 {
        defer { state &+= 0x9E37_79B9_7F4A_7C15 }
        return splitMix64(state)
    }
}
