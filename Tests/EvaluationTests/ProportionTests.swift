import Evaluation
import Testing

@Suite struct `A proportion` {
    /// By statsmodels 0.14: proportion_confint(method="wilson") and confint_proportions_2indep(method="newcomb").
    @Test(arguments: [
        (7, 20, 0.18119182, 0.56714572), (0, 15, 0.0, 0.20388330), (50, 50, 0.92865240, 1.0),
    ])
    func `has Wilson's interval`(successes: Int, count: Int, low: Double, high: Double) {
        let interval = Proportion(successes, of: count).interval()
        #expect(abs(interval.lowerBound - low) < 1e-7 && abs(interval.upperBound - high) < 1e-7)
    }

    @Test func `differs from another as Newcombe has it`() {
        // The first example of table II in Newcombe's paper: 56/70 and 48/80.
        let (value, interval) = Proportion(56, of: 70).difference(from: Proportion(48, of: 80))
        #expect(abs(value - 0.2) < 1e-12)
        #expect(abs(interval.lowerBound - 0.0524) < 5e-5 && abs(interval.upperBound - 0.3339) < 5e-5)
    }
}
