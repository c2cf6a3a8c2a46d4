internal import COneDNN

/// The embeddings layer of BERT: word, position and token-type vectors summed and normalized.
/// Devlin et al., "BERT", NAACL 2019, section 3.
package struct EmbeddingLookup: Sendable {
    let word: Parameter
    let position: Parameter
    let tokenType: Parameter
    let norm: LayerNorm

    /// - Parameters: tables of V × H, P × H and S × H.
    package init(word: Parameter, position: Parameter, tokenType: Parameter, norm: LayerNorm) {
        for table in [word, position, tokenType] {
            precondition(table.shape.count == 2 && table.shape[1] == norm.weight.count)
        }
        self.word = word
        self.position = position
        self.tokenType = tokenType
        self.norm = norm
    }

    /// - Parameters:
    ///   - ids: T indices below V.
    ///   - positions: T indices below P.
    ///   - types: T indices below S.
    ///   - y: T × H; `rounded` receives it in bf16 as well.
    package func forward(
        ids: [Int32], positions: [Int32], types: [Int32], into y: Tensor, rounded: Tensor? = nil,
        with worker: Worker
    ) {
        precondition(positions.count == ids.count && types.count == ids.count)
        precondition(y.rows == ids.count && y.columns == norm.weight.count)
        precondition(rounded.map { $0.rows == y.rows && $0.columns == y.columns } ?? true)
        func check(_ indices: [Int32], _ table: Parameter) {
            let limit = Int32(clamping: table.shape[0])
            precondition(indices.allSatisfy { $0 >= 0 && $0 < limit })
        }
        check(ids, word)
        check(positions, position)
        check(types, tokenType)
        odn_embed(
            worker.pointer, word.pointer, position.pointer, tokenType.pointer, ids, positions,
            types, norm.weight.pointer, norm.bias.pointer, norm.epsilon, Int64(y.rows),
            Int64(y.columns), y.floats, rounded?.halves)
    }
}
