internal import Glibc

/// The scoring function BM25 in Lucene's form.
///
/// Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; in the
/// form that Kamphuis et al., "Which BM25 Do You Mean?", 2020, call "Lucene (accurate)", without
/// the constant factor k₁ + 1. The Python package bm25s has it as `method="lucene"`.
///
///     idf(t) = ln(1 + (N − df(t) + 0.5) / (df(t) + 0.5))
///     score(q, d) = Σ idf(t) · f(t, d) / (f(t, d) + k₁ · (1 − b + b · |d| / avg |d|)), t in q
///
/// A term that a query has twice counts twice. Every part is above zero, whatever the counts.
package enum BM25 {
    /// How soon further occurrences of a term in a document stop to count.
    package static let k1 = 0.9
    /// How much a document's length counts, from 0 to 1.
    package static let b = 0.4

    /// The weight of a term that `documentFrequency` of `documents` documents have.
    static func idf(documentFrequency: UInt64, documents: UInt64) -> Double {
        let frequency = Double(documentFrequency)
        return log(1 + (Double(documents) - frequency + 0.5) / (frequency + 0.5))
    }

    /// The part of a score, from 0 to 1, that is due to a term's frequency in a document.
    ///
    /// - Parameter averageLength: Above 0.
    static func saturation(
        frequency: UInt32, length: UInt32, averageLength: Double
    ) -> Double {
        let frequency = Double(frequency)
        return frequency / (k1 * (1 - b + b * Double(length) / averageLength) + frequency)
    }
}
