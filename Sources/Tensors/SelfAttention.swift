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

    /// softmax(Q · Kᵀ / √headSize) · V for every head of every sequence.
    ///
    /// - Parameters:
    ///   - qkv: T × 3·heads·headSize in f32: queries, keys and values side by side.
    ///   - starts: the first row of each sequence, and T at the end.
    ///   - context: T × heads·headSize, f32 or bf16.
    package func forward(
        _ qkv: Tensor, starts: [Int32], into context: Tensor, with worker: Worker
    ) throws(TensorError) {
        precondition(qkv.columns == 3 * heads * headSize)
        precondition(context.columns == heads * headSize && context.rows == qkv.rows)
        precondition(starts.first == 0 && starts.last.map(Int.init) == qkv.rows)
        precondition(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 })
        let rounds = context.precision == .bf16
        let done = odn_attention(
            worker.pointer, qkv.floats, starts, Int64(starts.count - 1), Int64(heads),
            Int64(headSize), 1 / Float(headSize).squareRoot(), rounds ? nil : context.floats,
            rounds ? context.halves : nil)
        guard done else { throw TensorError("attention", reason: "out of memory") }
    }
}
