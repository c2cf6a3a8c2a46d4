/// A measure of rankings, such as MAP or P@10: for each query a number in [0, 1], more being better.
package struct RankingMetric: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        case averagePrecision = "MAP"
        case reciprocalRank = "MRR"
        case precision = "P"
        case recall = "recall"
        case success = "HasPositives"
        case rPrecision = "R-precision"
        case normalizedGain = "nDCG"
        /// nDCG with exponential gain.
        case normalizedExponentialGain = "nDCG-exp"
    }

    package let kind: Kind
    /// How many places count; nil for all of them.
    package let cutoff: Int?

    /// - Parameter cutoff: at least 1.
    init(_ kind: Kind, cutoff: Int? = nil) {
        self.kind = kind
        self.cutoff = cutoff
    }

    package var description: String { kind.rawValue + (cutoff.map { "@\($0)" } ?? "") }

    func value(of ranking: JudgedRanking) -> Double {
        let k = cutoff ?? .max
        return switch kind {
        case .averagePrecision: ranking.averagePrecision(k)
        case .reciprocalRank: ranking.reciprocalRank(k)
        case .precision: ranking.precision(k)
        case .recall: ranking.recall(k)
        case .success: ranking.success(k)
        case .rPrecision: ranking.rPrecision
        case .normalizedGain: ranking.normalizedGain(k, isExponential: false)
        case .normalizedExponentialGain: ranking.normalizedGain(k, isExponential: true)
        }
    }

    /// MAP, MRR, R-precision and nDCG, and every metric that takes a cutoff at each of `cutoffs`.
    ///
    /// - Throws: `EvaluationError` for a cutoff below 1.
    package static func standard(cutoffs: [Int]) throws(EvaluationError) -> [RankingMetric] {
        var metrics = Kind.allCases.filter { !$0.needsCutoff }.map { RankingMetric($0) }
        for cutoff in cutoffs {
            try checkCutoff(cutoff, "")
            metrics += Kind.allCases.filter(\.takesCutoff).map { RankingMetric($0, cutoff: cutoff) }
        }
        return metrics
    }

    private static func checkCutoff(_ cutoff: Int, _ name: String) throws(EvaluationError) {
        guard cutoff >= 1 else {
            throw EvaluationError(
                (name.isEmpty ? "" : "\(name): ") + "a cutoff of \(cutoff), expected 1 or more")
        }
    }
}

extension RankingMetric.Kind {
    /// What people also call it, in lower case.
    fileprivate var aliases: [String] {
        switch self {
        case .averagePrecision: ["average_precision", "map_cut"]
        case .reciprocalRank: ["recip_rank", "reciprocal_rank"]
        case .precision: ["precision"]
        case .recall: ["r"]
        case .success: ["success", "hit_rate", "accuracy"]
        case .rPrecision: ["rprec", "r_precision"]
        case .normalizedGain: ["ndcg_cut"]
        case .normalizedExponentialGain: ["ndcg_exp", "ndcg_burges"]
        }
    }

    fileprivate var takesCutoff: Bool { self != .rPrecision }

    /// Whether it says nothing over all results.
    fileprivate var needsCutoff: Bool { self == .precision || self == .recall || self == .success }
}

extension RankingMetric {
    /// The metric of a name, such as "MAP", "P@10", "success@5" or "ndcg_cut@3", upper and lower case
    /// being alike.
    ///
    /// - Throws: `EvaluationError` for a name that is not known, with the nearest that is, and for a
    ///   cutoff that is no whole number of at least 1, is missing, or has no meaning.
    package init(parsing name: String) throws(EvaluationError) {
        let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let wanted = parts[0].lowercased()
        let kind = Kind.allCases.first { kind in
            kind.rawValue.lowercased() == wanted || kind.aliases.contains(wanted)
        }
        guard let kind else {
            throw EvaluationError(
                "there is no metric \"\(name)\"; the nearest is "
                    + Self.nearest(to: wanted).rawValue + (parts.count > 1 ? "@\(parts[1])" : ""))
        }
        guard parts.count > 1 else {
            guard !kind.needsCutoff else {
                throw EvaluationError("\(name) needs a cutoff, such as \(kind.rawValue)@10")
            }
            self.init(kind)
            return
        }
        guard kind.takesCutoff else { throw EvaluationError("\(name): \(kind.rawValue) takes no cutoff") }
        guard let cutoff = Int(parts[1]) else {
            throw EvaluationError(
                "\(name): the cutoff is \"\(parts[1])\", expected a whole number of 1 or more")
        }
        try Self.checkCutoff(cutoff, name)
        self.init(kind, cutoff: cutoff)
    }

    private static func nearest(to name: String) -> Kind {
        func distance(_ kind: Kind) -> Int {
            let names = [kind.rawValue.lowercased()] + kind.aliases
            return names.map { editDistance(Array(name), Array($0)) }.min() ?? .max
        }
        // The first of equals, as they are written.
        return Kind.allCases.min { distance($0) < distance($1) } ?? .averagePrecision
    }
}

/// Insertions, deletions and replacements that make one from the other. Levenshtein, 1966.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let replaced = diagonal + (x == y ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
        }
    }
    return row[b.count]
}
