internal import COneDNN
internal import Random

/// Which elements are dropped, in every place of a network, for the rows of one batch.
///
/// An element's fate hangs on the seed, its text's number, its position in the text, the place and
/// its column, and on nothing else: not on the batch's other texts, on chunks, or on threads. Kept
/// elements are scaled by 1 / (1 − rate).
/// Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 2014.
package struct Dropout: Sendable {
    /// Of hidden states, in [0, 1).
    let hiddenRate: Float
    /// Of attention's weights, in [0, 1).
    let attentionRate: Float
    /// One a row.
    let keys: [UInt64]

    /// - Parameters:
    ///   - hiddenRate: of hidden states, in [0, 1).
    ///   - attentionRate: of attention's weights, in [0, 1).
    ///   - seed: another for every step of a training.
    ///   - texts: for each row, the number of its text within the step.
    ///   - positions: for each row, its position within the text.
    package init(
        hiddenRate: Float, attentionRate: Float, seed: UInt64, texts: [Int], positions: [Int32]
    ) {
        precondition((0..<1).contains(hiddenRate) && (0..<1).contains(attentionRate))
        precondition(texts.count == positions.count)
        self.hiddenRate = hiddenRate
        self.attentionRate = attentionRate
        keys = zip(texts, positions).map { text, position in
            splitMix64(splitMix64(seed &+ splitMix64(UInt64(text))) &+ UInt64(position))
        }
    }

    /// Lends what the kernels need for one place; nil where nothing is dropped.
    static func withPlace<R>(
        _ dropout: Dropout?, rate: KeyPath<Dropout, Float>, site: UInt32,
        _ body: (UnsafePointer<odn_dropout>?) -> R
    ) -> R {
        guard let dropout, dropout[keyPath: rate] > 0 else { return body(nil) }
        return dropout.keys.withUnsafeBufferPointer { keys in
            var place = odn_dropout(
                rate: dropout[keyPath: rate], site: site, keys: keys.baseAddress)
            return body(&place)
        }
    }
}
