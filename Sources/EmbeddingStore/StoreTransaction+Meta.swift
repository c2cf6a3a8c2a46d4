public import JSON
public import LMDB

/// The names in `meta` that belong to the store.
enum MetaName {
    /// `EmbeddingStore.formatVersion`.
    static let format = "format"
    static let dimensions = "dimensions"
    /// `NextKeys`.
    static let next = "next"

    static let all = [format, dimensions, next]
}

/// The keys to be given out next, which are never given out twice: a search index that still knows
/// a removed vector's key never meets another vector under it.
struct NextKeys {
    var document: UInt64
    var vector: UInt64

    var json: JSONValue {
        ["document": .integer(Int(document)), "vector": .integer(Int(vector))]
    }

    init(document: UInt64, vector: UInt64) {
        self.document = document
        self.vector = vector
    }

    /// Nil when the value is something else.
    init?(_ value: JSONValue) {
        guard let document = value["document"]?.integer, document >= 0,
            let vector = value["vector"]?.integer, vector >= 0
        else { return nil }
        self.init(document: UInt64(document), vector: UInt64(vector))
    }
}

extension StoreTransaction {
    /// What is kept under a name, or nil.
    public func meta(_ name: String) throws(StoreError) -> JSONValue? {
        try record(of: name, in: tables.meta, .meta, shownAs: name) { bytes in
            bytes.withUnsafeBytes { buffer in
                Result { () throws(JSONError) in
                    try JSONValue(parsing: buffer.assumingMemoryBound(to: UInt8.self))
                }
            }.mapError { Defect(detail: "is not JSON: \($0)") }
        }
    }

    /// Checks every record under a name.
    ///
    /// - Throws: `StoreError` with the reason `damaged` for the first that is.
    public func checkMeta() throws {
        try transaction.forEach(in: tables.meta) { keyBytes, bytes in
            let name = String(keyBytes: keyBytes) ?? "that is not UTF-8"
            guard Seal.isIntact(bytes, key: keyBytes) else {
                throw damaged(.meta, name, Defect.brokenSeal.detail)
            }
            _ = try meta(name)
        }
        _ = try readNextKeys()
    }

    /// The stored counters, raised above the keys that are in use.
    func readNextKeys() throws(StoreError) -> NextKeys {
        var next = NextKeys(document: 0, vector: 0)
        if let value = try meta(MetaName.next) {
            guard let stored = NextKeys(value) else {
                throw damaged(.meta, MetaName.next, "is no pair of counters")
            }
            next = stored
        }
        for (table, name, counter) in [
            (tables.documents, StoreTable.documents, \NextKeys.document),
            (tables.vectors, StoreTable.vectors, \NextKeys.vector),
        ] {
            guard let largest = try largestKey(table, name) else { continue }
            if largest >= UInt64(Int.max) {
                throw damaged(name, "\(largest)", "is too large a key")
            }
            next[keyPath: counter] = max(next[keyPath: counter], largest + 1)
        }
        return next
    }
}

extension StoreTransaction where Access == ReadWrite {
    /// Keeps a value under a name; nil removes it.
    ///
    /// - Throws: `StoreError` with the reason `invalid` for "format", "dimensions" and "next",
    ///   which are the store's; `database` for a name that is empty or longer than 511 bytes.
    public mutating func setMeta(_ name: String, to value: JSONValue?) throws(StoreError) {
        if MetaName.all.contains(name) {
            throw invalid(.meta, name, "is the store's own")
        }
        try writeMeta(name, value)
    }

    private mutating func writeMeta(_ name: String, _ value: JSONValue?) throws(StoreError) {
        if let value {
            let bytes = [UInt8](value.description.utf8)
            try put(bytes, forKey: name, in: tables.meta, .meta, shownAs: name)
        } else {
            try remove(name, in: tables.meta, .meta, shownAs: name)
        }
    }

    /// A key for a new document: larger than all before it, from 0.
    public mutating func newDocumentKey() throws(StoreError) -> UInt64 {
        try newKey(\.document)
    }

    /// A key for a new vector: larger than all before it, from 0.
    public mutating func newVectorKey() throws(StoreError) -> UInt64 {
        try newKey(\.vector)
    }

    private mutating func newKey(
        _ counter: WritableKeyPath<NextKeys, UInt64>
    ) throws(StoreError) -> UInt64 {
        var next = if let nextKeys { nextKeys } else { try readNextKeys() }
        let key = next[keyPath: counter]
        if key >= UInt64(Int.max) {
            throw damaged(.meta, MetaName.next, "has no keys left")
        }
        next[keyPath: counter] = key + 1
        nextKeys = next
        return key
    }

    /// Writes the counters if keys were given out.
    mutating func saveNextKeys() throws(StoreError) {
        if let nextKeys { try writeMeta(MetaName.next, nextKeys.json) }
    }
}
