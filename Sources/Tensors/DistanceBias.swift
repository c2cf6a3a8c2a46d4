internal import COneDNN
internal import Glibc

/// What a pass adds to the products of queries and keys by how far apart they stand: heads ×
/// (2 · reach − 1) numbers for the distances from −(reach − 1) to reach − 1.
package final class DistanceBias {
    let heads: Int
    /// No text of the pass is longer.
    let reach: Int
    private let numbers: Tensor
    /// The derivatives, in training.
    let gradient: Tensor?

    fileprivate init(heads: Int, reach: Int, gradient: Bool, in pass: Pass) {
        self.heads = heads
        self.reach = reach
        let count = heads * (2 * reach - 1)
        numbers = pass.tensor(rows: 1, columns: count + Int(ODN_BIAS_PADDING))
        numbers.clear()
        self.gradient = gradient ? pass.tensor(rows: 1, columns: count) : nil
        self.gradient?.clear()
    }

    fileprivate func set(head: Int, distance: Int, to value: Float) {
        numbers.floats[head * (2 * reach - 1) + reach - 1 + distance] = value
    }

    fileprivate func derivative(head: Int, distance: Int) -> Float {
        gradient.map { $0.floats[head * (2 * reach - 1) + reach - 1 + distance] } ?? 0
    }

    /// A window: keys farther from a query than `distance` are not seen.
    ///
    /// - Parameter reach: the tokens of the pass's longest text.
    package static func window(
        _ distance: Int, heads: Int, reach: Int, in pass: Pass
    ) -> DistanceBias {
        let bias = DistanceBias(heads: heads, reach: max(reach, 1), gradient: false, in: pass)
        for head in 0..<heads {
            for far in 1 - bias.reach..<bias.reach where abs(far) > distance {
                bias.set(head: head, distance: far, to: -.infinity)
            }
        }
        return bias
    }

    static func withPointer<R>(
        _ bias: DistanceBias?, _ body: (UnsafePointer<odn_attention_bias>?) -> R
    ) -> R {
        guard let bias else { return body(nil) }
        var value = odn_attention_bias(numbers: bias.numbers.floats, reach: Int64(bias.reach))
        return body(&value)
    }
}

/// A learned number for each head and each bucket of distances, added to attention's scores: T5's, in
/// both directions. Raffel et al., "Exploring the Limits of Transfer Learning with a Unified
/// Text-to-Text Transformer", JMLR 2020, section 2.1; `relative_position_bucket` of transformers'
/// `modeling_mpnet.py`.
package struct RelativePositionBias: Sendable {
    /// buckets × heads.
    let table: Parameter
    /// 1 / √headSize, by which attention scales what it adds this to.
    let scale: Float

    private var buckets: Int { table.shape[0] }
    private var heads: Int { table.shape[1] }

    /// - Parameters:
    ///   - table: an even number of buckets × heads.
    ///   - headSize: of attention.
    package init(table: Parameter, headSize: Int) {
        precondition(table.shape.count == 2 && table.shape[0] >= 4 && table.shape[0].isMultiple(of: 2))
        self.table = table
        scale = 1 / Float(headSize).squareRoot()
    }

    /// From where on all distances are in the last bucket.
    static let farthest = 128

    /// The bucket of a distance, positive where the key stands behind the query: exact for near ones,
    /// by the logarithm beyond.
    package static func bucket(of distance: Int, buckets: Int) -> Int {
        let half = buckets / 2
        let exact = half / 2
        let far = abs(distance)
        let offset = distance > 0 ? half : 0
        guard far >= exact else { return offset + far }
        // In single precision, as the reference computes it.
        let share = logf(Float(far) / Float(exact)) / Float(log(Double(farthest) / Double(exact)))
        return offset + min(half - 1, exact + Int(share * Float(half - exact)))
    }

    /// The numbers for a pass whose longest text has `reach` tokens.
    package func forward(reach: Int, in pass: Pass) -> DistanceBias {
        let reach = max(reach, 1)
        let bias = DistanceBias(
            heads: heads, reach: reach, gradient: pass.isRecording && table.gradient != nil, in: pass)
        let places = (1 - reach..<reach).map { ($0, Self.bucket(of: $0, buckets: buckets)) }
        table.withValues { values in
            for (distance, bucket) in places {
                for head in 0..<heads {
                    bias.set(head: head, distance: distance, to: values[bucket * heads + head] / scale)
                }
            }
        }
        guard bias.gradient != nil, let gradient = table.gradient else { return bias }
        pass.record { [heads, scale] in
            for (distance, bucket) in places {
                for head in 0..<heads {
                    gradient[bucket * heads + head] += bias.derivative(head: head, distance: distance) / scale
                }
            }
        }
        return bias
    }
}
