internal import Glibc

/// From which score on answers may be shown, by questions of which it is known whether the best
/// answer found was right.
package struct AnswerConfidence: Sendable {
    /// The questions whose best answer has at least a score.
    package struct Step: Sendable, Equatable {
        package let threshold: Double
        /// How many there are, and how many of their answers are right.
        package let shown: Int
        package let right: Int

        package var precision: Double { Double(right) / Double(shown) }

        /// The chance that, among as many new answers, the wanted share or more is right.
        package func chance(of precision: Double) -> Double {
            chanceOfPrecision(precision, shown: shown, right: right)
        }
    }

    /// One for each distinct score, descending.
    package let steps: [Step]
    /// How many questions there are.
    package let questions: Int

    /// - Parameter answers: for each question the score of the best answer found, nil where nothing was,
    ///   and whether it is right; it never is for a question that has no answer.
    package init(_ answers: [(score: Double?, isRight: Bool)]) {
        questions = answers.count
        let sorted = answers.compactMap { answer in answer.score.map { (score: $0, isRight: answer.isRight) } }
            .sorted { $0.score > $1.score }
        var steps: [Step] = []
        var right = 0
        for (index, answer) in sorted.enumerated() {
            if answer.isRight { right += 1 }
            if index + 1 == sorted.count || sorted[index + 1].score < answer.score {
                steps.append(Step(threshold: answer.score, shown: index + 1, right: right))
            }
        }
        self.steps = steps
    }

    /// The share of questions that get an answer.
    package func coverage(_ step: Step) -> Double { Double(step.shown) / Double(max(questions, 1)) }

    /// How sure each step is to keep its promise: its chance of the precision, or the mean chance of the
    /// steps around it, those of up to an eighth more or fewer answers, whichever is less.
    ///
    /// Of hundreds of steps the lowest with a chance that is high enough is one that was lucky; its
    /// neighbours were less so.
    package func confidences(of precision: Double) -> [Double] {
        let chances = steps.map { $0.chance(of: precision) }
        var sums = [0.0]
        for chance in chances { sums.append(sums[sums.count - 1] + chance) }
        var (first, end) = (0, 0)
        return steps.indices.map { index in
            let shown = steps[index].shown
            let width = max(2, shown / 8)
            while steps[first].shown < shown - width { first += 1 }
            while end < steps.count, steps[end].shown <= shown + width { end += 1 }
            return min(chances[index], (sums[end] - sums[first]) / Double(end - first))
        }
    }

    /// The lowest threshold at which the wanted share of right answers is reached with the wanted
    /// confidence; nil where none is.
    package func step(precision: Double, confidence: Double) -> Step? {
        let confidences = confidences(of: precision)
        return steps.indices.last { steps[$0].precision >= precision && confidences[$0] >= confidence }
            .map { steps[$0] }
    }

    /// The threshold that is surest to reach a precision, and how sure it is; nil without questions.
    package func surest(precision: Double) -> (step: Step, confidence: Double)? {
        zip(steps, confidences(of: precision)).max { $0.1 < $1.1 }.map { ($0.0, $0.1) }
    }

    /// How many answers of different scores are needed, all of them right, for a precision to be sure
    /// enough; `mostNeeded` where it takes more.
    package static func leastAnswers(precision: Double, confidence: Double) -> Int {
        var chances: [Double] = []
        while chances.count < mostNeeded {
            let count = chances.count + 1
            chances.append(chanceOfPrecision(precision, shown: count, right: count))
            let around = chances.suffix(max(2, count / 8) + 1)
            if around.reduce(0, +) / Double(around.count) >= confidence { break }
        }
        return chances.count
    }

    /// Beyond what anybody has.
    package static let mostNeeded = 10_000
}

/// P(X ≥ ⌈precision · n⌉) for X beta-binomial with n trials, α = right and β = n − right + 1: the
/// prediction for as many new answers under the prior that Clopper and Pearson's lower bound stands
/// for, Beta(0, 1), so that what is uncertain counts as wrong. A confidence bound of the true share
/// alone would leave out that the new answers are a sample too.
private func chanceOfPrecision(_ precision: Double, shown n: Int, right k: Int) -> Double {
    guard k > 0 else { return 0 }
    // 0.9 · 10 is 9, whatever rounding says.
    let least = min(max(Int((precision * Double(n) - 1e-9).rounded(.up)), 0), n)
    guard least > 0 else { return 1 }
    let (a, b) = (Double(k), Double(n - k + 1))
    func logBeta(_ x: Double, _ y: Double) -> Double { lgamma(x) + lgamma(y) - lgamma(x + y) }
    let m = Double(n)
    // From the term that is largest in about, because those far from it are 0 to the last digit, and
    // what begins with such a one would stay there.
    let start = max(least, min(n, Int((m * a / (a + b)).rounded())))
    let x = Double(start)
    let logChoose = -log(m + 1) - logBeta(m - x + 1, x + 1)
    let first = exp(logChoose + logBeta(x + a, m - x + b) - logBeta(a, b))
    // The next term's share of the one of x.
    func ratio(_ x: Double) -> Double { (m - x) / (x + 1) * (x + a) / (m - x - 1 + b) }
    var sum = first
    var term = first
    for x in start..<n where term > 0 {
        term *= ratio(Double(x))
        sum += term
    }
    term = first
    for x in stride(from: start - 1, through: least, by: -1) where term > 0 {
        term /= ratio(Double(x))
        sum += term
    }
    return min(1, sum)
}
