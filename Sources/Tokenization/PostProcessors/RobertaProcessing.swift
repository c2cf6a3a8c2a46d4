/// `<s>` before the text and `</s>` after it, and spaces taken out of offsets (Hugging Face:
/// processors/roberta.rs).
struct RobertaProcessing: PostProcessor {
    let name = "RobertaProcessing"
    let frame: SpecialTokenFrame

    init(_ field: Field, _ vocabulary: Vocabulary) throws(TokenizerError) {
        let trim = OffsetTrim(
            addsPrefixSpace: try field.member("add_prefix_space").bool(), isAtStart: true)
        frame = SpecialTokenFrame(
            before: [try field.member("cls").specialToken(vocabulary)],
            after: [try field.member("sep").specialToken(vocabulary)],
            typeID: 0, trims: try field.member("trim_offsets").bool() ? [trim] : [])
    }
}
