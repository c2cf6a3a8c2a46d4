internal import BiEncoder
internal import EmbeddingStore
internal import Tensors

/// Finds the vectors of texts in a store and makes those that it lacks: each distinct input of the
/// encoder is embedded once.
struct PassageEmbedder {
    let encoder: BiEncoder
    let fingerprint: String
    /// The index folder, for errors.
    private let folder: String

    init(_ encoder: BiEncoder, folder: String) throws {
        self.encoder = encoder
        self.folder = folder
        fingerprint = try encoder.fingerprint()
    }

    /// Some texts and the vectors that the store lacked.
    struct Batch {
        /// Of each text.
        fileprivate let hashes: [TextHash]
        /// The texts that `embeddings` are of.
        fileprivate let missing: [Int]
        fileprivate let embeddings: Embeddings?
        /// Texts that were cut because they were too long.
        let truncated: Int

        var count: Int { hashes.count }
        var embedded: Int { missing.count }
    }

    /// Embeds those of some texts that have no vector yet.
    func embed(_ texts: [String], missingIn store: EmbeddingStore) throws -> Batch {
        let texts = encoder.tokenize(texts, as: .passage)
        let hashes = (0..<texts.count).map { text in
            TextHash(
                fingerprint: fingerprint, precision: encoder.precision.rawValue,
                tokens: Array(texts[text]))
        }
        var seen: Set<TextHash> = []
        let missing = try store.read { reader in
            try hashes.indices.filter {
                try seen.insert(hashes[$0]).inserted && reader.vectorKey(forText: hashes[$0]) == nil
            }
        }
        var embeddings: Embeddings?
        if !missing.isEmpty {
            var made = try encoder.embed(texts.selecting(missing))
            if !encoder.folder.normalizes { made.scaleToUnitLength() }
            embeddings = made
        }
        return Batch(
            hashes: hashes, missing: missing, embeddings: embeddings,
            truncated: texts.cut.count { $0 > 0 })
    }

    /// Stores what was missing, and returns the key of each text's vector. May be repeated.
    func store(_ batch: Batch, in writer: inout StoreWriter) throws -> [UInt64] {
        if let embeddings = batch.embeddings {
            for (row, text) in batch.missing.enumerated() {
                let key = try writer.newVectorKey()
                try embeddings.withVector(row) { try writer.putVector($0, forKey: key) }
                try writer.setVector(key, forText: batch.hashes[text])
            }
        }
        return try keys(of: batch) { try writer.vectorKey(forText: $0) }
    }

    /// Stores what was missing in a commit of its own; nothing is missing in what is returned.
    func commit(_ batch: Batch, to store: EmbeddingStore) throws -> Batch {
        if batch.embedded > 0 { _ = try store.write { try self.store(batch, in: &$0) } }
        return Batch(hashes: batch.hashes, missing: [], embeddings: nil, truncated: batch.truncated)
    }

    /// The key of each text's vector, where none was missing.
    func vectors(of batch: Batch, in store: EmbeddingStore) throws -> [UInt64] {
        try store.read { reader in try keys(of: batch) { try reader.vectorKey(forText: $0) } }
    }

    private func keys(
        of batch: Batch, _ find: (TextHash) throws -> UInt64?
    ) throws -> [UInt64] {
        try batch.hashes.map { hash in
            guard let key = try find(hash) else {
                throw IndexError(.damaged, folder, "a text that had a vector has none any more")
            }
            return key
        }
    }
}
