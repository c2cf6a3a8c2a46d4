/// `[CLS]` before the text and `[SEP]` after it, whatever their names.
struct BertProcessing: PostProcessor {
    let name = "BertProcessing"
    let frame: SpecialTokenFrame

    init(_ field: Field, _ vocabulary: Vocabulary) throws(TokenizerError) {
        let classifier = try Self.token(field.member("cls"), vocabulary)
        let separator = try Self.token(field.member("sep"), vocabulary)
        frame = SpecialTokenFrame(before: [classifier], after: [separator])
    }

    /// Reads `["[CLS]", 101]`.
    private static func token(
        _ field: Field, _ vocabulary: Vocabulary
    ) throws(TokenizerError) -> SpecialTokenFrame.SpecialToken {
        let parts = try field.elements()
        guard parts.count == 2 else { throw field.error("should be a token and its id") }
        _ = try parts[0].string()
        return SpecialTokenFrame.SpecialToken(id: try parts[1].id(in: vocabulary), typeID: 0)
    }
}
