internal import EmbeddingStore
internal import VectorIndex

/// The FAISS file of an index, made from the store's vectors.
struct VectorFile {
    let folder: IndexFolder
    let store: EmbeddingStore

    /// Writes the next FAISS file and flushes it; its name it gets later. An exact index takes no
    /// memory for that, other kinds what FAISS holds.
    ///
    /// - Parameter keys: the vector of each row.
    /// - Returns: what `selfRetrieval` measures; 1 for an exact index.
    func write(_ keys: [UInt64], factory: String, generation: Int) throws -> Double {
        let path = folder.nextVectorsPath
        guard factory != "Flat" else {
            var writer = try FlatIndexWriter(path: path, dimensions: store.dimensions)
            try store.read { reader in
                try forEachVector(of: keys, reader) { try writer.add($0) }
            }
            try writer.finish(generation: UInt64(generation))
            return 1
        }
        let index = try store.read { reader in
            try self.index(of: keys, factory: factory, reader)
        }
        try index.writeInPlace(to: path, generation: UInt64(generation))
        return try store.read { reader in
            try Self.selfRetrieval(of: index, keys, reader, sample: Self.largestSample)
        }
    }

    /// How many rows are tried for the share that a search for their own vector finds, unless all
    /// are.
    static let largestSample = 10_000

    /// The share of rows that a search for their own vector finds, by a sample of them spread evenly;
    /// 1 without rows.
    ///
    /// - Parameter keys: the vector of each row.
    static func selfRetrieval(
        of index: FaissIndex, _ keys: [UInt64], _ reader: borrowing StoreReader, sample: Int
    ) throws -> Double {
        guard index.count > 0, index.count == keys.count else { return 1 }
        let tried = min(sample, index.count)
        var found = 0
        var next = 0
        while next < tried {
            var queries: [Float] = []
            var rows: [Int] = []
            while next < tried, rows.count < 256 {
                let row = next * index.count / tried
                next += 1
                let isThere: Void? = try reader.withVector(forKey: keys[row]) { vector in
                    vector.withUnsafeBufferPointer { queries.append(contentsOf: $0) }
                }
                guard isThere != nil else {
                    throw IndexError(.damaged, reader.folder, "vector \(keys[row]) is missing")
                }
                rows.append(row)
            }
            let results = try index.search(queries.span, k: 2)
            for (row, neighbours) in zip(rows, results) {
                // Another row may have the same vector.
                let best = neighbours.first?.score ?? 0
                if neighbours.contains(where: { $0.row == row && $0.score >= best - 1e-6 }) { found += 1 }
            }
        }
        return Double(found) / Double(tried)
    }

    /// The index in memory.
    func index(
        of keys: [UInt64], factory: String, _ reader: borrowing StoreReader
    ) throws -> FaissIndex {
        var builder = try FaissIndexBuilder(
            dimensions: store.dimensions, factory: factory, capacity: keys.count)
        if let training = builder.training {
            guard keys.count >= training.lowerBound else {
                throw IndexError(
                    .invalid, folder.path,
                    "\(factory) needs at least \(training.lowerBound) different texts to learn from, and "
                        + "there are \(keys.count): choose fewer lists or codes, HNSW32, or Flat")
            }
            var random = SystemRandomNumberGenerator()
            let sample = keys.shuffled(using: &random).prefix(training.upperBound)
            let vectors = try block(of: sample, reader)
            try builder.train(vectors.span)
        }
        for start in stride(from: 0, to: keys.count, by: Self.blockSize) {
            let vectors = try block(of: keys[start..<min(start + Self.blockSize, keys.count)], reader)
            try builder.add(vectors.span)
        }
        return builder.finish()
    }

    /// How many rows are added at once.
    private static let blockSize = 16_384

    private func block(
        of keys: ArraySlice<UInt64>, _ reader: borrowing StoreReader
    ) throws -> [Float] {
        var vectors: [Float] = []
        vectors.reserveCapacity(keys.count * store.dimensions)
        try forEachVector(of: keys, reader) { vector in
            vector.withUnsafeBufferPointer { vectors.append(contentsOf: $0) }
        }
        return vectors
    }

    private func forEachVector(
        of keys: some Sequence<UInt64>, _ reader: borrowing StoreReader,
        _ body: (Span<Float>) throws -> Void
    ) throws {
        for key in keys {
            let found: Void? = try reader.withVector(forKey: key, body)
            guard found != nil else {
                throw IndexError(.damaged, folder.dataPath, "vector \(key) is missing")
            }
        }
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
