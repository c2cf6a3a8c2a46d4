/// Which text has which id.
struct Vocabulary: Sendable {
    struct Entry: Sendable {
        let id: Int32
        let text: String
    }

    /// Ordered by id, each id once. Ids may leave gaps.
    private(set) var entries: [Entry]

    /// - Throws: when an id stands twice.
    init(_ entries: [Entry], field: Field) throws(TokenizerError) {
        let isOrdered = zip(entries, entries.dropFirst()).allSatisfy { $0.id < $1.id }
        self.entries = isOrdered ? entries : entries.sorted { $0.id < $1.id }
        for (entry, next) in zip(self.entries, self.entries.dropFirst()) where entry.id == next.id {
            throw field.error("the id \(entry.id) stands twice")
        }
    }

    /// The text of an id, or nil. O(1) when ids have no gaps, else O(log size).
    func text(of id: Int32) -> String? {
        let place = place(of: id)
        guard place < entries.count, entries[place].id == id else { return nil }
        return entries[place].text
    }

    /// The highest id + 1; 0 when empty.
    var idBound: Int { entries.last.map { Int($0.id) + 1 } ?? 0 }

    /// Adds an entry; false when its id is taken.
    mutating func insert(_ entry: Entry) -> Bool {
        let place = place(of: entry.id)
        if place < entries.count, entries[place].id == entry.id { return false }
        entries.insert(entry, at: place)
        return true
    }

    /// The place of the first entry whose id is not below `id`.
    private func place(of id: Int32) -> Int {
        if id >= 0, id < entries.count, entries[Int(id)].id == id { return Int(id) }
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
