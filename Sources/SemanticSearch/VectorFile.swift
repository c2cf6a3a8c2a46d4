internal import EmbeddingStore
internal import VectorIndex

/// The FAISS file of an index, made from the store's vectors.
struct VectorFile {
    let folder: IndexFolder
    let store: EmbeddingStore

    /// Writes the next FAISS file and flushes it; its name it gets later.
    ///
    /// - Parameter keys: the vector of each row.
    func write(_ keys: [UInt64], factory: String, generation: Int) throws {
        let index = try store.read { reader in
            try self.index(of: keys, factory: factory, reader)
        }
        try index.writeInPlace(to: folder.nextVectorsPath, generation: UInt64(generation))
    }

    /// The index in memory.
    func index(
        of keys: [UInt64], factory: String, _ reader: borrowing StoreReader
    ) throws -> FaissIndex {
        var builder = try FaissIndexBuilder(
            dimensions: store.dimensions, factory: factory, capacity: keys.count)
        for key in keys {
            let found: Void? = try reader.withVector(forKey: key) { try builder.add($0) }
            guard found != nil else {
                throw IndexError(.damaged, folder.dataPath, "vector \(key) is missing")
            }
        }
        return builder.finish()
    }
}

extension StoreTransaction {
    /// The vector of each row of the FAISS file.
    ///
    /// - Throws: `IndexError` when rows are missing.
    func rowVectors() throws -> [UInt64] {
        var keys: [UInt64] = []
        try forEachRow { row, vector in
            guard row == UInt64(keys.count) else {
                throw IndexError(.damaged, folder, "row \(keys.count) is missing")
            }
            keys.append(vector)
        }
        return keys
    }
}
