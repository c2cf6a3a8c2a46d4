/// Special tokens laid around the text as a template says (Hugging Face: processors/template.rs).
///
/// The template of pairs is checked but not kept: only single texts are encoded.
struct TemplateProcessing: PostProcessor {
    let name = "TemplateProcessing"
    let frame: SpecialTokenFrame

    /// The ids of each special token, by its name in UTF-8.
    private typealias SpecialTokens = [[UInt8]: [Int32]]

    private enum Piece {
        case sequence(String, typeID: Int32)
        case tokens([SpecialTokenFrame.SpecialToken])
    }

    init(_ field: Field, _ vocabulary: Vocabulary) throws(TokenizerError) {
        let tokens = try Self.specialTokens(field.member("special_tokens"), vocabulary)
        _ = try Self.pieces(field.member("pair"), tokens)
        let single = try field.member("single")
        frame = try Self.frame(Self.pieces(single, tokens), single)
    }

    /// Reads the ids of each special token, which may be several.
    private static func specialTokens(
        _ field: Field, _ vocabulary: Vocabulary
    ) throws(TokenizerError) -> SpecialTokens {
        var tokens: SpecialTokens = [:]
        for (name, token) in try field.memberFields() {
            var ids: [Int32] = []
            for element in try token.member("ids").elements() {
                ids.append(try element.id(in: vocabulary))
            }
            tokens[Array(name.utf8)] = ids
        }
        return tokens
    }

    private static func pieces(
        _ field: Field, _ tokens: SpecialTokens
    ) throws(TokenizerError) -> [Piece] {
        var pieces: [Piece] = []
        for element in try field.elements() {
            if let sequence = try element.optionalMember("Sequence") {
                let name = try sequence.member("id").string()
                guard name == "A" || name == "B" else {
                    throw sequence.error("the sequence should be A or B, not \"\(name)\"")
                }
                pieces.append(.sequence(name, typeID: try sequence.member("type_id").id()))
            } else {
                let special = try element.member("SpecialToken")
                let name = try special.member("id").string()
                let typeID = try special.member("type_id").id()
                guard let ids = tokens[Array(name.utf8)] else {
                    throw special.error("the token \"\(name)\" is not among special_tokens")
                }
                pieces.append(
                    .tokens(ids.map { SpecialTokenFrame.SpecialToken(id: $0, typeID: typeID) }))
            }
        }
        return pieces
    }

    private static func frame(
        _ pieces: [Piece], _ field: Field
    ) throws(TokenizerError) -> SpecialTokenFrame {
        var frame = SpecialTokenFrame()
        var sequences = 0
        for piece in pieces {
            switch piece {
            case .tokens(let tokens):
                if sequences == 0 {
                    frame.before += tokens
                } else {
                    frame.after += tokens
                }
            case .sequence(let name, let typeID):
                sequences += 1
                frame.typeID = typeID
                guard name == "A", sequences == 1 else {
                    throw field.error("should hold the sequence A once and no other")
                }
            }
        }
        if sequences == 0 { throw field.error("should hold the sequence A once") }
        return frame
    }
}
