internal import Random

/// The settings that a search tries: for each option its values.
package struct SearchSpace: Sendable, Equatable {
    package typealias Choice = [(name: String, value: String)]

    package var options: [(name: String, values: [String])]

    package init(_ options: [(name: String, values: [String])]) { self.options = options }

    /// What most often decides: how hard the nearest negatives weigh, how fast the model changes, and
    /// which pairs come together.
    ///
    /// - Parameter pairs: to learn from; no batch is larger.
    package static func standard(pairs: Int) -> SearchSpace {
        SearchSpace([
            ("rate", ["2e-05", "5e-05", "0.0001"]),
            ("temperature", ["0.03", "0.05", "0.1"]),
            ("policy", ["model", "random"]),
            ("group-size", ["4", "7"].filter { Int($0) ?? 0 <= pairs }),
            ("batch-size", ["32", "48"].filter { Int($0) ?? 0 <= pairs }),
        ].filter { !$0.1.isEmpty })
    }

    /// How many combinations there are; `Int.max` where there are more than can be counted.
    package var count: Int {
        options.reduce(1) { product, option in
            let (value, overflow) = product.multipliedReportingOverflow(by: option.values.count)
            return overflow ? Int.max : value
        }
    }

    /// Different combinations in a random order that the seed decides.
    package func choices(_ limit: Int, seed: UInt64) -> [Choice] {
        var random = SeededGenerator(seed: seed, .trials)
        var seen: Set<Int> = []
        var choices: [Choice] = []
        while choices.count < min(limit, count) {
            let number = Int.random(in: 0..<count, using: &random)
            guard seen.insert(number).inserted else { continue }
            choices.append(choice(number))
        }
        return choices
    }

    /// The combination of this number, the last option's values running fastest.
    private func choice(_ number: Int) -> Choice {
        var rest = number
        var choice: Choice = []
        for option in options.reversed() {
            choice.insert((option.name, option.values[rest % option.values.count]), at: 0)
            rest /= option.values.count
        }
        return choice
    }

    package static func == (a: SearchSpace, b: SearchSpace) -> Bool {
        a.options.elementsEqual(b.options) { $0.name == $1.name && $0.values == $1.values }
    }
}
