internal import COneDNN
internal import Glibc

/// Rotary positions: queries and keys are turned by angles that grow with the position, so that their
/// product depends on how far apart they stand. Su et al., "RoFormer: Enhanced Transformer with Rotary
/// Position Embedding", 2021; halves are paired as in transformers' `rotate_half`.
package struct Rotation: Sendable {
    private let headSize: Int
    /// position × headSize / 2.
    private let cosines: [Float]
    private let sines: [Float]

    /// - Parameters:
    ///   - theta: position p turns the pair i by p / theta^(2i / headSize).
    ///   - headSize: of attention; even.
    ///   - reach: positions below it are turned.
    package init(theta: Float, headSize: Int, reach: Int) {
        precondition(headSize > 0 && headSize.isMultiple(of: 2))
        self.headSize = headSize
        let half = headSize / 2
        let frequencies = (0..<half).map { 1 / powf(theta, Float(2 * $0) / Float(headSize)) }
        var cosines: [Float] = []
        var sines: [Float] = []
        for position in 0..<max(reach, 1) {
            for frequency in frequencies {
                let angle = Float(position) * frequency
                cosines.append(cosf(angle))
                sines.append(sinf(angle))
            }
        }
        self.cosines = cosines
        self.sines = sines
    }

    /// Turns the queries and keys of `qkv` in place.
    ///
    /// - Parameters:
    ///   - qkv: T × 3·heads·headSize in f32, which nothing else has read.
    ///   - positions: T positions below `reach`.
    package func forward(_ qkv: Variable, positions: [Int32], in pass: Pass) {
        let heads = qkv.columns / (3 * headSize)
        precondition(qkv.columns == 3 * heads * headSize && positions.count == qkv.rows)
        let limit = Int32(clamping: cosines.count / (headSize / 2))
        precondition(positions.allSatisfy { $0 >= 0 && $0 < limit })
        func turn(_ tensor: Tensor, back: Bool) {
            odn_rotate(
                pass.worker.pointer, tensor.floats, Int64(qkv.rows), Int64(heads), Int64(headSize), positions,
                cosines, sines, back)
        }
        turn(qkv.value, back: false)
        // What comes back is for the turned ones; turned back it is for those that came.
        if qkv.needsGradient { pass.record { turn(qkv.gradient, back: true) } }
    }
}
