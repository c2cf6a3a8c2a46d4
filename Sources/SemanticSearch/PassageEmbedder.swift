internal import BiEncoder
internal import EmbeddingStore
internal import Tensors

/// Finds the vectors of texts in a store and makes those that it lacks: each distinct input of the
/// encoder is embedded once. Vectors that come with a document are taken as they are.
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

    /// The texts of some documents, the vectors that came with them and those that the store lacked.
    struct Batch {
        /// Of each text.
        fileprivate let hashes: [TextHash]
        /// The vectors that came with the documents, by their texts' places.
        fileprivate let given: [Int: [Float]]
        /// The texts that `embeddings` are of.
        fileprivate let missing: [Int]
        fileprivate let embeddings: Embeddings?
        /// Texts that were cut because they were too long.
        let truncated: Int

        var count: Int { hashes.count }
        var embedded: Int { missing.count }
    }

    /// Embeds those texts of some documents that have no vector yet.
    func embed(_ documents: [PreparedDocument], missingIn store: EmbeddingStore) throws -> Batch {
        let documentTexts = documents.map(\.document.passageTexts)
        let texts = encoder.tokenize(documentTexts.flatMap(\.self), as: .passage)
        let hashes = (0..<texts.count).map { text in
            TextHash(
                fingerprint: fingerprint, precision: encoder.precision.rawValue,
                tokens: Array(texts[text]))
        }
        let given = try givenVectors(of: documents, counts: documentTexts.map(\.count))
        var seen = Set(given.keys.map { hashes[$0] })
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
            hashes: hashes, given: given, missing: missing, embeddings: embeddings,
            truncated: texts.cut.count { $0 > 0 })
    }

    /// The vectors that come with documents, by the places of their texts among all.
    private func givenVectors(
        of documents: [PreparedDocument], counts: [Int]
    ) throws -> [Int: [Float]] {
        var given: [Int: [Float]] = [:]
        var place = 0
        for (document, count) in zip(documents, counts) {
            if let vectors = document.vectors {
                let width = encoder.dimensions
                guard vectors.count == count * width else {
                    throw IndexError(
                        .invalid, folder,
                        "document \"\(document.document.id)\" has \(vectors.count) numbers for "
                            + "\(count) vectors of \(width)")
                }
                for text in 0..<count {
                    given[place + text] = Array(vectors[text * width..<(text + 1) * width])
                }
            }
            place += count
        }
        return given
    }

    /// Stores what the store lacks, and returns the key of each text's vector. May be repeated.
    func store(_ batch: Batch, in writer: inout StoreWriter) throws -> [UInt64] {
        var keys = [UInt64?](repeating: nil, count: batch.count)
        for text in batch.given.keys.sorted() {
            guard let vector = batch.given[text] else { continue }
            keys[text] = try store(vector, of: batch.hashes[text], in: &writer)
        }
        if let embeddings = batch.embeddings {
            for (row, text) in batch.missing.enumerated() {
                let key = try writer.newVectorKey()
                try embeddings.withVector(row) { try writer.putVector($0, forKey: key) }
                try writer.setVector(key, forText: batch.hashes[text])
            }
        }
        for text in keys.indices where keys[text] == nil {
            keys[text] = try writer.vectorKey(forText: batch.hashes[text])
        }
        return try complete(keys)
    }

    /// Stores a vector that came with its text. Where the text has another one, documents that use
    /// that keep it, and the text has this one from now on.
    private func store(
        _ vector: [Float], of hash: TextHash, in writer: inout StoreWriter
    ) throws -> UInt64 {
        if let known = try writer.vectorKey(forText: hash),
            try writer.withVector(forKey: known, { $0.hasSameBits(as: vector) }) == true
        {
            return known
        }
        let key = try writer.newVectorKey()
        try writer.putVector(vector.span, forKey: key)
        try writer.setVector(key, forText: hash)
        return key
    }

    /// Stores what the store lacks in a commit of its own, and returns the key of each text's vector.
    func commit(_ batch: Batch, to store: EmbeddingStore) throws -> [UInt64] {
        if batch.embedded > 0 || !batch.given.isEmpty {
            return try store.write { try self.store(batch, in: &$0) }
        }
        return try store.read { reader in
            var keys: [UInt64?] = []
            for hash in batch.hashes { keys.append(try reader.vectorKey(forText: hash)) }
            return try complete(keys)
        }
    }

    private func complete(_ keys: [UInt64?]) throws -> [UInt64] {
        let found = keys.compactMap(\.self)
        guard found.count == keys.count else {
            throw IndexError(.damaged, folder, "a text that had a vector has none any more")
        }
        return found
    }
}

extension Span<Float> {
    /// Whether the numbers are these, to the bit.
    fileprivate func hasSameBits(as other: [Float]) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index].bitPattern != other[index].bitPattern { return false }
        return true
    }
}
