/// Several post-processors; each sees what the one before has made (Hugging Face:
/// processors/sequence.rs).
struct PostProcessorSequence: PostProcessor {
    let name: String
    let frame: SpecialTokenFrame

    init(_ field: Field, _ vocabulary: Vocabulary) throws(TokenizerError) {
        var names: [String] = []
        var frame = SpecialTokenFrame()
        for element in try field.member("processors").elements() {
            let processor = try element.postProcessor(vocabulary)
            names.append(processor.name)
            frame = frame.followed(by: processor.frame)
        }
        name = "Sequence(\(names.joined(separator: ", ")))"
        self.frame = frame
    }
}

extension SpecialTokenFrame {
    /// This frame, and another around what is in it.
    fileprivate func followed(by outer: SpecialTokenFrame) -> SpecialTokenFrame {
        func retyped(_ tokens: [SpecialToken]) -> [SpecialToken] {
            guard let typeID = outer.typeID else { return tokens }
            return tokens.map { SpecialToken(id: $0.id, typeID: typeID) }
        }
        let outerTrims = outer.trims.map {
            OffsetTrim(
                addsPrefixSpace: $0.addsPrefixSpace, isAtStart: $0.isAtStart && before.isEmpty)
        }
        return SpecialTokenFrame(
            before: outer.before + retyped(before), after: retyped(after) + outer.after,
            typeID: outer.typeID ?? typeID, trims: trims + outerTrims)
    }
}
