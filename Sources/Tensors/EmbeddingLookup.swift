internal import COneDNN

/// The embeddings layer of BERT and its kin: word, position and token-type vectors, as far as a model has
/// them, summed and normalized. Devlin et al., "BERT", NAACL 2019, section 3.
package struct EmbeddingLookup: Sendable {
    let word: Parameter
    let position: Parameter?
    let tokenType: Parameter?
    let norm: LayerNorm

    /// - Parameters: tables of V × H, P × H and S × H; nil for what a model has not.
    package init(word: Parameter, position: Parameter?, tokenType: Parameter?, norm: LayerNorm) {
        for table in [word, position, tokenType].compactMap(\.self) {
            precondition(table.shape.count == 2 && table.shape[1] == norm.weight.count)
        }
        self.word = word
        self.position = position
        self.tokenType = tokenType
        self.norm = norm
    }

    /// y = dropout(LayerNorm(word[ids] + position[positions] + tokenType[types])); the pass's hidden
    /// dropout.
    ///
    /// - Parameters:
    ///   - ids: T indices below V.
    ///   - positions: T indices below P.
    ///   - types: T indices below S.
    /// - Returns: T × H.
    package func forward(
        ids: [Int32], positions: [Int32], types: [Int32], in pass: Pass
    ) throws(TensorError) -> Variable {
        precondition(positions.count == ids.count && types.count == ids.count)
        func check(_ indices: [Int32], _ table: Parameter) {
            let limit = Int32(clamping: table.shape[0])
            precondition(indices.allSatisfy { $0 >= 0 && $0 < limit })
        }
        check(ids, word)
        if let position { check(positions, position) }
        if let tokenType { check(types, tokenType) }
        let y = pass.residual(
            rows: ids.count, columns: norm.weight.count, needsGradient: norm.weight.gradient != nil)
        let kept = y.needsGradient ? LayerNorm.Kept(pass, rows: y.rows, columns: y.columns) : nil
        let site = pass.nextDropoutSite()
        let (rows, columns) = (Int64(y.rows), Int64(y.columns))
        let done = Dropout.withPlace(pass.dropout, rate: \.hiddenRate, site: site) { dropout in
            odn_embed(
                pass.worker.pointer, word.pointer, position?.pointer, tokenType?.pointer, ids,
                positions, types, norm.weight.pointer, norm.bias.pointer, norm.epsilon, rows,
                columns, dropout, y.value.floats, y.rounded?.halves, kept?.normalized.floats,
                kept?.inverse.floats)
        }
        guard done else { throw TensorError("embedding lookup", reason: "out of memory") }
        guard let kept else { return y }
        pass.record { () throws(TensorError) in
            let done = Dropout.withPlace(pass.dropout, rate: \.hiddenRate, site: site) { dropout in
                odn_embed_backward(
                    pass.worker.pointer, y.gradient.floats, kept.normalized.floats,
                    kept.inverse.floats, ids, positions, types, norm.weight.pointer, rows, columns,
                    dropout, word.gradient, position?.gradient, tokenType?.gradient,
                    norm.weight.gradient, norm.bias.gradient)
            }
            guard done else { throw TensorError("embedding lookup", reason: "out of memory") }
        }
        return y
    }
}
