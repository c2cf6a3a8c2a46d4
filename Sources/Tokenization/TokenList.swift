/// The tokens of a text as the stages find them.
struct TokenList: Sendable {
    /// Where the first and the last scalar of a token come from.
    struct Origin: Sendable {
        let first: Int
        let last: Int
        /// Whether it was found as an added token.
        let isAdded: Bool
    }

    private(set) var ids: [Int32] = []
    /// One for each id when origins are wanted, else empty.
    private(set) var origins: [Origin] = []
    private var wantsOrigins = false

    var count: Int { ids.count }

    /// Adds a token that stands for the scalars in `range`, which is not empty.
    @inline(__always)
    mutating func append(
        _ id: Int32, _ range: Range<Int>, of text: AlignedText, isAdded: Bool = false
    ) {
        ids.append(id)
        if wantsOrigins {
            origins.append(
                Origin(
                    first: text[range.lowerBound].origin, last: text[range.upperBound - 1].origin,
                    isAdded: isAdded))
        }
    }

    mutating func removeLast(_ count: Int) {
        ids.removeLast(count)
        if wantsOrigins { origins.removeLast(count) }
    }

    mutating func reset(wantsOrigins: Bool) {
        ids.removeAll(keepingCapacity: true)
        origins.removeAll(keepingCapacity: true)
        self.wantsOrigins = wantsOrigins
    }
}
