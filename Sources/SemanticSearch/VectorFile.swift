internal import EmbeddingStore
internal import Glibc
internal import VectorIndex

/// The FAISS file of an index, made from the store's vectors.
struct VectorFile {
    let folder: IndexFolder
    let store: EmbeddingStore

    /// Writes a FAISS file and flushes it; the name of an index's file it gets later. An exact index
    /// takes no memory for that, a graph over rows as they are what the graph takes, and other kinds
    /// what FAISS holds.
    ///
    /// - Parameter path: of a file that is replaced.
    /// - Returns: what `selfRetrieval` measures; 1 for an exact index.
    func write(_ plan: VectorFilePlan, generation: Int, to path: String) throws -> Double {
        let keys = plan.rows
        let index: FaissIndex
        if plan.factory == "Flat" {
            var writer = try FlatIndexWriter(path: path, dimensions: store.dimensions)
            try addRows(keys, to: &writer)
            try writer.finish(generation: UInt64(generation))
            return 1
        } else if FaissIndex.isGraph(plan.factory) {
            try writeGraph(plan, generation: generation, to: path)
            index = try FaissIndex(contentsOf: path, threads: plan.threads)
        } else {
            index =
                try extended(plan, generation: generation)
                ?? self.index(of: keys, factory: plan.factory, threads: plan.threads)
            try index.writeInPlace(to: path, generation: UInt64(generation))
        }
        return try store.read { reader in
            try Self.selfRetrieval(of: index, keys, reader, sample: Self.largestSample)
        }
    }

    /// A graph over rows that lie in a file of their own until it is finished.
    private func writeGraph(_ plan: VectorFilePlan, generation: Int, to path: String) throws {
        let rowsPath = folder.rowsPath(of: path)
        defer { unlink(rowsPath) }
        var writer = try FlatIndexWriter(path: rowsPath, dimensions: store.dimensions, lasting: false)
        try addRows(plan.rows, to: &writer)
        try writer.finish()
        let rows = try FaissIndex(contentsOf: rowsPath, threads: plan.threads)
        // From here on the disk's room is given back whatever happens.
        unlink(rowsPath)
        try rows.writeGraph(
            plan.factory, extending: former(plan, generation: generation), to: path,
            generation: UInt64(generation))
    }

    private func addRows(_ keys: [UInt64], to writer: inout FlatIndexWriter) throws {
        for block in blocks(of: keys) {
            try store.read { reader in
                try reader.forEachVector(of: block) { _, vector in try writer.add(vector) }
            }
        }
    }

    /// The file that there is, if it has just the rows that the plan keeps.
    private func former(_ plan: VectorFilePlan, generation: Int) throws -> FaissIndex? {
        guard plan.kept > 0, folder.exists(folder.vectorsPath) else { return nil }
        let former = try FaissIndex(contentsOf: folder.vectorsPath, threads: plan.threads)
        return former.count == plan.kept && former.generation + 1 == UInt64(generation) ? former : nil
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

    /// The index that there is with more rows; nil when it does not have those that are kept.
    private func extended(_ plan: VectorFilePlan, generation: Int) throws -> FaissIndex? {
        guard plan.kept > 0, folder.exists(folder.vectorsPath) else { return nil }
        var builder = try FaissIndexBuilder(extending: folder.vectorsPath, threads: plan.threads)
        guard builder.count == plan.kept, builder.generation + 1 == UInt64(generation) else {
            return nil
        }
        let vectors = try block(of: plan.rows[plan.kept...])
        try builder.add(vectors.span)
        return builder.finish(threads: plan.threads)
    }

    /// An index in memory.
    private func index(of keys: [UInt64], factory: String, threads: Int?) throws -> FaissIndex {
        var builder = try FaissIndexBuilder(
            dimensions: store.dimensions, factory: factory, capacity: keys.count, threads: threads)
        if let training = builder.training {
            guard keys.count >= training.lowerBound else {
                throw IndexError(
                    .invalid, folder.path,
                    "\(factory) needs at least \(training.lowerBound) different texts to learn from, and "
                        + "there are \(keys.count): choose fewer lists or codes, HNSW32, or Flat")
            }
            var random = SystemRandomNumberGenerator()
            let sample = keys.shuffled(using: &random).prefix(training.upperBound)
            let vectors = try block(of: sample)
            try builder.train(vectors.span)
        }
        for block in blocks(of: keys) {
            let vectors = try self.block(of: block)
            try builder.add(vectors.span)
        }
        return builder.finish(threads: threads)
    }

    /// The exact index in memory, by one snapshot.
    func exactIndex(of keys: [UInt64], _ reader: borrowing StoreReader) throws -> FaissIndex {
        var builder = try FaissIndexBuilder(dimensions: store.dimensions, capacity: keys.count)
        try reader.forEachVector(of: keys) { _, vector in try builder.add(vector) }
        return builder.finish()
    }

    /// How many rows are added at once.
    private static let blockSize = 16_384

    /// Parts that are read apart from each other, so that what writers free meanwhile is used again.
    private func blocks(of keys: [UInt64]) -> some Sequence<ArraySlice<UInt64>> {
        stride(from: 0, to: keys.count, by: Self.blockSize).lazy.map { start in
            keys[start..<min(start + Self.blockSize, keys.count)]
        }
    }

    private func block(of keys: ArraySlice<UInt64>) throws -> [Float] {
        var vectors: [Float] = []
        vectors.reserveCapacity(keys.count * store.dimensions)
        try store.read { reader in
            try reader.forEachVector(of: keys) { _, vector in
                vector.withUnsafeBufferPointer { vectors.append(contentsOf: $0) }
            }
        }
        return vectors
    }
}

extension StoreTransaction {
    /// The vectors that stand for texts, in ascending order.
    func vectorsInUse() throws -> [UInt64] {
        var keys: [UInt64] = []
        try forEachPassage { vector, _ in
            if keys.last != vector { keys.append(vector) }
        }
        return keys
    }

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
