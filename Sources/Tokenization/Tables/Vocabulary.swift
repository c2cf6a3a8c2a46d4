/// Which id has which text.
struct Vocabulary: Sendable {
    /// The ids of the model's tokens, ascending, each once. They may leave gaps.
    let ids: Column<Int32>
    /// Where the text of each ends in `texts`, in UTF-8 bytes.
    let ends: Column<UInt32>
    let texts: Column<UInt8>
    /// Tokens that the model lacks, by id.
    private var added: [(id: Int32, text: String)] = []

    /// - Throws: when an id stands twice.
    init(_ entries: [(id: Int32, text: String)], field: Field) throws(TokenizerError) {
        let isOrdered = zip(entries, entries.dropFirst()).allSatisfy { $0.id < $1.id }
        let entries = isOrdered ? entries : entries.sorted { $0.id < $1.id }
        for (entry, next) in zip(entries, entries.dropFirst()) where entry.id == next.id {
            throw field.error("the id \(entry.id) stands twice")
        }
        var texts: [UInt8] = []
        var ends: [UInt32] = []
        ends.reserveCapacity(entries.count)
        for entry in entries {
            texts += entry.text.utf8
            guard let end = UInt32(exactly: texts.count) else {
                throw field.error("the tokens have more than 4 GB")
            }
            ends.append(end)
        }
        ids = Column(entries.map(\.id))
        self.ends = Column(ends)
        self.texts = Column(texts)
    }

    /// A vocabulary that was taken apart before; nil when the columns contradict each other.
    init?(ids: Column<Int32>, ends: Column<UInt32>, texts: Column<UInt8>) {
        guard ids.count == ends.count, (ids.count == 0 ? 0 : Int(ends[ends.count - 1])) == texts.count
        else { return nil }
        for index in 0..<ids.count {
            guard (0...Int32(Field.largestID)).contains(ids[index]) else { return nil }
            guard index == 0 || ids[index - 1] < ids[index] && ends[index - 1] <= ends[index] else {
                return nil
            }
        }
        self.ids = ids
        self.ends = ends
        self.texts = texts
    }

    /// A vocabulary of a compiled tokenizer; nil when there is none.
    init?(_ compiled: CompiledSections) {
        guard let ids = compiled.column(0, of: Int32.self),
            let ends = compiled.column(1, of: UInt32.self),
            let texts = compiled.column(2, of: UInt8.self)
        else { return nil }
        self.init(ids: ids, ends: ends, texts: texts)
    }

    /// What `init(_:)` takes.
    var sections: [[UInt8]] { [Array(ids.bytes), Array(ends.bytes), Array(texts.bytes)] }

    /// How many sections a vocabulary has.
    static let sectionCount = 3

    /// The number of tokens.
    var count: Int { ids.count + added.count }

    /// The highest id + 1; 0 when empty.
    var idBound: Int {
        let last = ids.count == 0 ? -1 : ids[ids.count - 1]
        return Int(max(last, added.last?.id ?? -1)) + 1
    }

    /// The text of an id, or nil. O(1) when ids have no gaps, else O(log size).
    func text(of id: Int32) -> String? {
        if let place = place(of: id) {
            let start = place == 0 ? 0 : Int(ends[place - 1])
            return String(decoding: texts[start..<Int(ends[place])], as: UTF8.self)
        }
        let place = addedPlace(of: id)
        return place < added.count && added[place].id == id ? added[place].text : nil
    }

    /// Adds a token that the model lacks; false when its id is taken.
    mutating func insert(_ text: String, id: Int32) -> Bool {
        let place = addedPlace(of: id)
        let isTaken = place < added.count && added[place].id == id
        if isTaken || self.place(of: id) != nil { return false }
        added.insert((id, text), at: place)
        return true
    }

    /// Where a token of the model stands.
    private func place(of id: Int32) -> Int? {
        if id >= 0, id < ids.count, ids[Int(id)] == id { return Int(id) }
        let place = firstPlace(below: ids.count) { ids[$0] >= id }
        return place < ids.count && ids[place] == id ? place : nil
    }

    /// The place of the first added token whose id is not below `id`.
    private func addedPlace(of id: Int32) -> Int {
        firstPlace(below: added.count) { added[$0].id >= id }
    }
}
