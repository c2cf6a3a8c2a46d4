/// `[CLS]` before the text and `[SEP]` after it, whatever their names (Hugging Face: processors/bert.rs).
struct BertProcessing: PostProcessor {
    let name = "BertProcessing"
    let frame: SpecialTokenFrame

    init(_ field: Field, _ vocabulary: Vocabulary) throws(TokenizerError) {
        frame = SpecialTokenFrame(
            before: [try field.member("cls").specialToken(vocabulary)],
            after: [try field.member("sep").specialToken(vocabulary)])
    }
}
