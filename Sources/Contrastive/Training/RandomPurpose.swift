internal import Random

/// What random numbers are for: different uses of a seed have nothing to do with each other.
enum RandomPurpose: UInt64 {
    case clusters = 1, batches, dropout, unlabelled, trials, questions, portions
}

extension SeededGenerator {
    /// A generator for one of many uses of a seed.
    ///
    /// - Parameter number: of the epoch or step.
    init(seed: UInt64, _ purpose: RandomPurpose, number: Int = 0) {
        let base = splitMix64(splitMix64(seed) ^ purpose.rawValue) ^ UInt64(number)
        self.init(seed: base)
    }
}
