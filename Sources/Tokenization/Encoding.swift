/// A text as the ids that an encoder takes, with what is known of each.
///
/// `ids`, `typeIDs`, `offsets` and `isSpecial` have one element for each token that was kept.
public struct Encoding: Sendable, Equatable {
    public var ids: [Int32]
    /// Token type (segment) ids as the template gives them, mostly 0.
    public var typeIDs: [Int32]
    /// The bytes of the text, in UTF-8, that each token stands for; `0..<0` for tokens that
    /// the post-processor added.
    ///
    /// Ranges begin and end between scalars. The tokens of one scalar that was decomposed share
    /// its range.
    public var offsets: [Range<Int>]
    /// Whether the post-processor added the token, rather than the text.
    public var isSpecial: [Bool]
    /// The ids that truncation removed from the end of the text.
    public var cut: [Int32]

    /// An encoding without tokens.
    public init() {
        ids = []
        typeIDs = []
        offsets = []
        isSpecial = []
        cut = []
    }

    mutating func append(_ id: Int32, typeID: Int32, offsets range: Range<Int>) {
        ids.append(id)
        typeIDs.append(typeID)
        offsets.append(range)
        isSpecial.append(false)
    }

    mutating func append(_ tokens: [SpecialTokenFrame.SpecialToken]) {
        for token in tokens {
            ids.append(token.id)
            typeIDs.append(token.typeID)
            offsets.append(0..<0)
            isSpecial.append(true)
        }
    }
}
