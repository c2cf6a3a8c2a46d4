import Evaluation
import Glibc
import JSON
import TestSupport
import Testing

@Suite struct `Confidence of answers` {
    @Test func `chances equal SciPy's beta-binomial distribution`() throws {
        let cases = try lines("confidence.jsonl")
        #expect(cases.count == 35)
        for expected in cases {
            let (shown, right) = (expected["shown"]?.integer ?? 0, expected["right"]?.integer ?? 0)
            let answers = (0..<shown).map { (score: 0.5, isRight: $0 < right) }
            let step = try #require(AnswerConfidence(answers).steps.first)
            #expect(step.shown == shown && step.right == right)
            let chance = step.chance(of: try #require(expected["precision"]?.double))
            #expect(abs(chance - (expected["chance"]?.double ?? 9)) < 1e-9, "\(expected)")
        }
    }

    @Test func `a threshold takes all answers of one score`() {
        let found = AnswerConfidence([(0.5, true), (0.9, true), (0.5, false), (0.2, false), (0.9, false)])
        #expect(found.steps.map(\.threshold) == [0.9, 0.5, 0.2])
        #expect(found.steps.map(\.shown) == [2, 4, 5])
        #expect(found.steps.map(\.right) == [1, 2, 2])
        #expect(found.coverage(found.steps[1]) == 0.8)
        #expect(found.step(precision: 0.9, confidence: 0.9) == nil)
        // By hand: chances of 1/2, 11/14 and 7/9 that one answer in five is right.
        #expect(abs(found.steps[1].chance(of: 0.2) - 11.0 / 14) < 1e-12)
        // Each has both others near by, the third only the second.
        let confidences = [1.0 / 2, (1.0 / 2 + 11.0 / 14 + 7.0 / 9) / 3, 7.0 / 9]
        for (value, right) in zip(found.confidences(of: 0.2), confidences) {
            #expect(abs(value - right) < 1e-12)
        }
        #expect(found.surest(precision: 0.2)?.step.threshold == 0.2)
        #expect(AnswerConfidence([]).step(precision: 0.5, confidence: 0.5) == nil)
    }

    @Test func `questions to which nothing was found count, and are no threshold`() {
        let found = AnswerConfidence([(nil, false), (2, true), (nil, false), (7, true)])
        #expect(found.questions == 4 && found.steps.map(\.threshold) == [7, 2])
        #expect(found.steps.last.map(found.coverage) == 0.5)
    }

    @Test func `the lowest threshold that is sure enough is taken`() throws {
        // Right above 0.5, wrong below.
        let answers = (0..<200).map { (score: Double($0) / 200, isRight: $0 >= 100) }
        let found = AnswerConfidence(answers)
        let step = try #require(found.step(precision: 0.9, confidence: 0.9))
        #expect(abs(step.threshold - 0.5) < 0.05)
        let sure = zip(found.steps, found.confidences(of: 0.9)).filter { $0.1 >= 0.9 && $0.0.precision >= 0.9 }
        #expect(step == sure.last?.0)
        let least = AnswerConfidence.leastAnswers(precision: 0.9, confidence: 0.9)
        let enough = AnswerConfidence((0..<least).map { (Double($0), true) })
        #expect(enough.step(precision: 0.9, confidence: 0.9)?.shown == least)
        let tooFew = AnswerConfidence((0..<least - 1).map { (Double($0), true) })
        #expect(tooFew.step(precision: 0.9, confidence: 0.9) == nil)
    }

    /// Scores that tell right from wrong as well as a logistic curve says, in 200 halvings of 1,000. Where no
    /// threshold is sure enough, nothing is answered.
    @Test func `what is promised holds for other questions`() throws {
        var random = SplitMix64(seed: 11)
        var answers = (0..<1000).map { _ -> (score: Double, isRight: Bool) in
            let score = Double.random(in: 0...1, using: &random)
            let right = 1 / (1 + exp(-12 * (score - 0.5)))
            return (score, Double.random(in: 0...1, using: &random) < right)
        }
        var reached = 0
        var coverages = (own: 0.0, best: 0.0)
        for _ in 0..<200 {
            answers.shuffle(using: &random)
            let step = AnswerConfidence(Array(answers[..<500])).step(precision: 0.9, confidence: 0.9)
            let other = AnswerConfidence(Array(answers[500...]))
            let shown = other.steps.last { $0.threshold >= step?.threshold ?? .infinity }
            if shown?.precision ?? 1 >= 0.9 { reached += 1 }
            coverages.own += shown.map(other.coverage) ?? 0
            coverages.best += other.steps.last { $0.precision >= 0.9 }.map(other.coverage) ?? 0
        }
        #expect(reached >= 180)
        #expect(coverages.own >= 0.7 * coverages.best)
    }
}
