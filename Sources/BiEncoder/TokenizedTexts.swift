/// The tokens of several texts, one after the other, ready for the encoder.
package struct TokenizedTexts: Sendable {
    private var ids: [Int32] = []
    private var ends: [Int] = []
    /// For each text, how many tokens were cut because it was too long.
    package private(set) var cut: [Int] = []
    /// For each text, how many of its leading tokens pooling leaves out.
    package private(set) var skipped: [Int] = []

    package var count: Int { ends.count }

    package init() {}

    /// The ids of text `index`, special tokens included.
    package subscript(index: Int) -> ArraySlice<Int32> {
        ids[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// The texts with these numbers, in this order.
    package func selecting(_ indices: [Int]) -> TokenizedTexts {
        var result = TokenizedTexts()
        for index in indices {
            result.append(skipping: skipped[index]) { ids in
                ids += self[index]
                return cut[index]
            }
        }
        return result
    }

    /// Appends one text; `fill` appends its ids and returns how many were cut.
    mutating func append(skipping leading: Int, _ fill: (inout [Int32]) -> Int) {
        skipped.append(leading)
        cut.append(fill(&ids))
        ends.append(ids.count)
    }

    package mutating func append(contentsOf other: TokenizedTexts) {
        let offset = ids.count
        ids += other.ids
        ends += other.ends.map { $0 + offset }
        cut += other.cut
        skipped += other.skipped
    }
}
