internal import EmbeddingStore
internal import Filters
internal import JSON
internal import VectorIndex

/// Which documents a search may find: those that its filter accepts, but not those left out.
///
/// Documents are read as they come up, each once.
struct DocumentChoice {
    private let filter: FieldFilter?
    private let excluded: Set<UInt64>
    private var known: [UInt64: Bool] = [:]

    /// Whether most documents may be refused.
    var isFiltered: Bool { filter != nil }

    /// - Throws: `IndexError` when the filter names a field that no document has.
    init(_ options: SearchOptions, _ reader: borrowing StoreReader) throws {
        filter = options.filter
        var excluded: Set<UInt64> = []
        for id in options.excludedIDs {
            if let key = try reader.documentKey(forID: id) { excluded.insert(key) }
        }
        self.excluded = excluded
        guard let filter else { return }
        let fields = try DocumentTables.fieldNames(in: reader)
        let unknown = filter.fields.subtracting(fields).sorted()
        guard unknown.isEmpty else {
            let there = fields.isEmpty ? "none" : fields.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            throw IndexError(
                .invalid, reader.folder,
                "no document has a field \(unknown.map { "\"\($0)\"" }.joined(separator: ", ")); there are: "
                    + there)
        }
    }

    mutating func accepts(_ key: UInt64, _ reader: borrowing StoreReader) throws -> Bool {
        if excluded.contains(key) { return false }
        guard let filter else { return true }
        if let known = known[key] { return known }
        guard let document = try reader.document(forKey: key) else {
            throw IndexError(.damaged, reader.folder, "a vector stands for document \(key), which is missing")
        }
        let isAccepted = filter.matches(document.fields)
        known[key] = isAccepted
        return isAccepted
    }

    /// The FAISS rows of all documents that the filter accepts. Reads every document.
    func rows(of count: Int, _ reader: borrowing StoreReader) throws -> RowSelection {
        var keys: [UInt64] = []
        try reader.forEachDocument { key, document in
            if filter?.matches(document.fields) ?? true { keys.append(key) }
        }
        var rows: [Int] = []
        for key in keys {
            for (_, vector) in try reader.vectors(ofDocument: key) {
                if let row = try reader.row(ofVector: vector) { rows.append(Int(row)) }
            }
        }
        return RowSelection(rows, of: count)
    }
}
