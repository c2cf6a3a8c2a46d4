/// Finds good settings by trying many of them briefly and the better half longer, again and again.
///
/// Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization",
/// AISTATS 2016. Each rung trains from the start, so that the learning rate's schedule is whole and a
/// trial's score depends on nothing but its settings, epochs and seed.
package struct SuccessiveHalving: Sendable {
    /// Epochs of each rung, ascending.
    package let rungs: [Int]
    /// Seeds with which the last rung is tried.
    package let seeds: Int

    /// - Parameters:
    ///   - epochs: of the last rung; each before it has half of them, down to 1.
    ///   - candidates: how many are tried; no more rungs than it takes to come down to two.
    package init(epochs: Int, candidates: Int, seeds: Int) {
        var rungs = [max(epochs, 1)]
        var left = candidates
        while let first = rungs.first, first > 1, left > 2 {
            rungs.insert((first + 1) / 2, at: 0)
            left = (left + 1) / 2
        }
        self.rungs = rungs
        self.seeds = max(seeds, 1)
    }

    /// How one candidate did on the highest rung that it reached.
    package struct Standing: Sendable, Equatable {
        /// Its number.
        package let candidate: Int
        package let epochs: Int
        /// One a seed.
        package var scores: [Double]

        package var mean: Double { scores.reduce(0, +) / Double(max(scores.count, 1)) }
        /// The standard deviation over seeds; 0 for one.
        package var spread: Double {
            guard scores.count > 1 else { return 0 }
            return (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count - 1))
                .squareRoot()
        }
    }

    /// Runs the search.
    ///
    /// - Parameter evaluate: the score of a candidate after so many epochs with a seed, the higher the
    ///   better; nil when the time is up, which ends the search.
    /// - Returns: the best first: those that were tried longer before those tried less.
    package func run(
        candidates: Int, evaluate: (Int, _ epochs: Int, _ seed: Int) throws -> Double?
    ) rethrows -> [Standing] {
        var finished: [Standing] = []
        var current = Array(0..<candidates)
        for (rung, epochs) in rungs.enumerated() {
            let isLast = rung == rungs.count - 1
            var standings: [Standing] = []
            search: for candidate in current {
                var standing = Standing(candidate: candidate, epochs: epochs, scores: [])
                for seed in 0..<(isLast ? seeds : 1) {
                    guard let score = try evaluate(candidate, epochs, seed) else {
                        if !standing.scores.isEmpty { standings.append(standing) }
                        break search
                    }
                    standing.scores.append(score)
                }
                standings.append(standing)
            }
            let reached = Set(standings.map(\.candidate))
            standings.sort { ($1.mean, $0.candidate) < ($0.mean, $1.candidate) }
            finished = standings + finished.filter { !reached.contains($0.candidate) }
            guard standings.count == current.count else { break }
            current = standings.prefix((current.count + 1) / 2).map(\.candidate).sorted()
        }
        return finished
    }
}
