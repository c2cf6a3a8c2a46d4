/// A token that is found in the text before the model sees it.
struct AddedToken: Sendable {
    let id: Int32
    let content: String
    /// Only where no word character adjoins it.
    let isSingleWord: Bool
    /// Takes the white space before it along.
    let stripsLeft: Bool
    /// Takes the white space after it along.
    let stripsRight: Bool
    /// Sought in the normalized text, in its own normalized form, rather than in the raw text.
    let isNormalized: Bool
    /// A control token such as `[CLS]` rather than a word.
    let isSpecial: Bool

    init(_ field: Field) throws(TokenizerError) {
        id = try field.member("id").id()
        content = try field.member("content").string()
        isSingleWord = try field.member("single_word").bool()
        stripsLeft = try field.member("lstrip").bool()
        stripsRight = try field.member("rstrip").bool()
        isNormalized = try field.member("normalized").bool()
        isSpecial = try field.member("special").bool()
        if content.isEmpty { throw try field.member("content").error("should not be empty") }
    }
}
