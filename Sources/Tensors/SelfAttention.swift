internal import COneDNN

/// Multi-head scaled dot-product attention of packed sequences, each to itself only.
/// Vaswani et al., "Attention Is All You Need", 2017, section 3.2.
package struct SelfAttention: Sendable {
    let heads: Int
    let headSize: Int

    package init(heads: Int, headSize: Int) {
        precondition(heads > 0 && headSize > 0)
        self.heads = heads
        self.headSize = headSize
    }

    /// dropout(softmax((Q · Kᵀ + bias) / √headSize)) · V for every head of every sequence; the pass's dropout
    /// of attention.
    ///
    /// - Parameters:
    ///   - qkv: T × 3·heads·headSize in f32: queries, keys and values side by side.
    ///   - starts: the first row of each sequence, and T at the end.
    ///   - bias: what is added to the products of queries and keys.
    /// - Returns: T × heads·headSize, in the precision of the pass.
    package func forward(
        _ qkv: Variable, starts: [Int32], bias: DistanceBias? = nil, in pass: Pass
    ) throws(TensorError) -> Variable {
        precondition(qkv.columns == 3 * heads * headSize)
        precondition(starts.first == 0 && starts.last.map(Int.init) == qkv.rows)
        precondition(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 })
        if let bias {
            precondition(bias.heads == heads)
            precondition(zip(starts, starts.dropFirst()).allSatisfy { Int($1 - $0) <= bias.reach })
        }
        let context = pass.variable(
            rows: qkv.rows, columns: heads * headSize, precision: pass.precision,
            needsGradient: qkv.needsGradient)
        let rounds = pass.precision == .bf16
        let site = pass.nextDropoutSite()
        let (sequences, heads, headSize) = (Int64(starts.count - 1), Int64(heads), Int64(headSize))
        let scale = 1 / Float(headSize).squareRoot()
        let done = Dropout.withPlace(pass.dropout, rate: \.attentionRate, site: site) { dropout in
            DistanceBias.withPointer(bias) { bias in
                odn_attention(
                    pass.worker.pointer, qkv.value.floats, starts, sequences, heads, headSize, scale, bias,
                    dropout, rounds ? nil : context.value.floats, rounds ? context.value.halves : nil)
            }
        }
        guard done else { throw TensorError("attention", reason: "out of memory") }
        guard context.needsGradient else { return context }
        pass.record { () throws(TensorError) in
            let done = Dropout.withPlace(pass.dropout, rate: \.attentionRate, site: site) { dropout in
                DistanceBias.withPointer(bias) { numbers in
                    odn_attention_backward(
                        pass.worker.pointer, qkv.value.floats, starts, sequences, heads, headSize,
                        scale, numbers, dropout, context.gradient.floats, qkv.gradient.floats,
                        bias?.gradient?.floats)
                }
            }
            guard done else { throw TensorError("attention", reason: "out of memory") }
        }
        return context
    }
}
