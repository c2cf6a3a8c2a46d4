import Evaluation
import JSON
import Testing

@Suite struct `Classification and regression` {
    private static func cases(with field: String) throws -> [JSONValue] {
        try lines("pairs.jsonl").filter { $0[field] != nil }
    }

    @Test func `classification equals scikit-learn's`() throws {
        let cases = try Self.cases(with: "labels")
        #expect(cases.count == 20)
        for expected in cases {
            let scores = expected["scores"]?.doubles ?? []
            let found = try BinaryClassification(
                scores: scores, labels: expected["labels"]?.array?.map { $0 == 1 } ?? [])
            func check(_ name: String, _ value: Double) throws {
                let right = try #require(expected[name]?.double)
                #expect(abs(value - right) < 1e-9, "\(name)")
            }
            let outcome = found.outcome(at: try #require(expected["threshold"]?.double))
            try check("accuracy", outcome.accuracy)
            try check("precision", outcome.precision)
            try check("recall", outcome.recall)
            try check("F1", outcome.f1)
            try check("AP", found.averagePrecision)
            try check("AUC", found.areaUnderROC)
            let best = found.bestF1Threshold
            try check("best_F1", found.outcome(at: best).f1)
        }
    }

    @Test func `the threshold lies between two scores and not on one`() throws {
        let found = try BinaryClassification(scores: [0.9, 0.5, 0.7, 0.1], labels: [true, false, true, false])
        #expect(abs(found.bestF1Threshold - 0.6) < 1e-12)
        let next = (0.5).nextUp
        let close = try BinaryClassification(scores: [next, 0.5], labels: [true, false])
        #expect(close.bestF1Threshold == next)
        let all = try BinaryClassification(scores: [0.3, 0.2, 0.8], labels: [true, true, false])
        #expect(all.bestF1Threshold == 0.2)
    }

    @Test func `one class, or a score that is no number, is refused`() {
        #expect(throws: EvaluationError("all 2 labels are 1; a classification needs pairs of both classes")) {
            try BinaryClassification(scores: [1, 2], labels: [true, true])
        }
        #expect(throws: EvaluationError("all 1 labels are 0; a classification needs pairs of both classes")) {
            try BinaryClassification(scores: [1], labels: [false])
        }
        #expect(throws: EvaluationError("a score is not a finite number")) {
            try BinaryClassification(scores: [1, .nan], labels: [true, false])
        }
    }

    @Test func `correlations equal SciPy's, and the error scikit-learn's`() throws {
        let cases = try Self.cases(with: "pearson")
        #expect(cases.count == 6)
        for expected in cases {
            let (x, y) = (expected["x"]?.doubles ?? [], expected["y"]?.doubles ?? [])
            let pearson = try #require(Correlation.pearson(x, y))
            let spearman = try #require(Correlation.spearman(x, y))
            #expect(abs(pearson - (expected["pearson"]?.double ?? 9)) < 1e-9)
            #expect(abs(spearman - (expected["spearman"]?.double ?? 9)) < 1e-9)
            #expect(abs(Correlation.meanSquaredError(x, y) - (expected["MSE"]?.double ?? 9)) < 1e-9)
        }
    }

    @Test func `there is no correlation with what does not vary`() {
        #expect(Correlation.pearson([0.1, 0.1, 0.1], [1, 2, 3]) == nil)
        #expect(Correlation.spearman([1, 2, 3], [7, 7, 7]) == nil)
        #expect(Correlation.pearson([], []) == nil && Correlation.pearson([1], [2]) == nil)
    }
}
