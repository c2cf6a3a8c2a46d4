/// Takes spaces out of offsets (Hugging Face: `ByteLevel` as post-processor, in
/// pre_tokenizers/byte_level.rs).
struct ByteLevelProcessing: PostProcessor {
    let name = "ByteLevel"
    let frame: SpecialTokenFrame

    init(_ field: Field) throws(TokenizerError) {
        let trim = OffsetTrim(
            addsPrefixSpace: try field.member("add_prefix_space").bool(), isAtStart: true)
        frame = SpecialTokenFrame(trims: try field.member("trim_offsets").bool() ? [trim] : [])
    }
}
