internal import EmbeddingStore
internal import FoundationEssentials
internal import JSON
internal import LexicalIndex
internal import LMDB
internal import VectorIndex

/// What `SearchIndex.verify` found.
public struct IndexVerification: Sendable {
    /// What is wrong, in words; empty when nothing is.
    public internal(set) var problems: [String] = []
    /// How many there are; nil where damage has kept them from being counted.
    public internal(set) var documents: Int?
    public internal(set) var passages: Int?
    public internal(set) var vectors: Int?
    /// The share of the rows tried that a search for their own vector finds; nil where it is not known.
    public internal(set) var selfRetrieval: Double?

    public var isSound: Bool { problems.isEmpty }

    /// - Parameter problems: what is wrong; what else there is stays unknown.
    public init(problems: [String] = []) { self.problems = problems }
}

extension SearchIndex {
    /// Checks everything that an index folder holds: every record's checksum, every vector, the
    /// agreement of documents, passages, vectors, rows, words and the FAISS file, and that searches
    /// for stored vectors find them.
    ///
    /// LMDB trusts its pages: where those are damaged, rather than the records in them, this can end
    /// the process. Verify in a child process where that matters, as `kotae index verify` does.
    ///
    /// - Parameter full: whether to read every page of LMDB, also those that hold no record, and to
    ///   search for every row's vector, and not for 10,000 at most. Where the FAISS file cannot be read,
    ///   the rest is verified, and searches of this object take the store's vectors from then on.
    public func verify(full: Bool = false) throws -> IndexVerification {
        var damage: [String] = []
        if full {
            do { try store.environment.readAllPages() } catch { damage.append("\(error)") }
        }
        let damagedFile = try damageOfVectorFile()
        if let damagedFile {
            damage.append("\(damagedFile); --repair makes it anew")
            do { try searchExactly() } catch { return IndexVerification(problems: damage + ["\(error)"]) }
        }
        return try withSnapshot { [damage] state, reader in
            var verifier = Verifier(index: self, state: state)
            for problem in damage { verifier.add(problem) }
            do { try verifyManifest(reader) } catch { verifier.add("\(error)") }
            if damagedFile == nil, !state.isOfFile {
                verifier.add(
                    "there is no FAISS file of generation \(state.manifest.generation), so searches take "
                        + "the store's vectors; --repair makes one")
            }
            verifier.verifyDocuments(reader)
            verifier.verifyVectors(reader)
            verifier.verifyRows(reader)
            verifier.verifyWords(reader)
            if state.isOfFile { verifier.verifyNeighbours(reader, full: full) }
            return verifier.result
        }
    }

    /// What keeps the FAISS file from being opened.
    private func damageOfVectorFile() throws -> (any Error)? {
        do { try refresh() } catch let error as FaissError {
            return error
        } catch let error as IndexError where error.path == folder.vectorsPath {
            return error
        }
        return nil
    }

    private func verifyManifest(_ reader: borrowing StoreReader) throws {
        guard let file = try? Data(contentsOf: URL(filePath: folder.manifestPath)) else {
            throw IndexError(.damaged, folder.manifestPath, "is missing or cannot be read; --repair makes it anew")
        }
        // The next writer brings up to date what one that was interrupted after its commit has left.
        for name in [IndexManifest.metaName, IndexManifest.formerMetaName] {
            guard let manifest = try reader.meta(name) else { continue }
            if file.elementsEqual(IndexManifest.text(of: manifest).utf8) { return }
        }
        throw IndexError(.damaged, folder.manifestPath, "says something else than the store; --repair makes it anew")
    }
}

/// The steps of a verification. Each goes on after what the ones before have found.
private struct Verifier {
    let index: SearchIndex
    let state: SearchIndex.State
    var result = IndexVerification()

    init(index: SearchIndex, state: SearchIndex.State) {
        self.index = index
        self.state = state
    }

    private static let mostProblems = 100

    mutating func add(_ problem: String) {
        if result.problems.count < Self.mostProblems { result.problems.append(problem) }
    }

    mutating func verifyDocuments(_ reader: borrowing StoreReader) {
        let keys: [UInt64]
        do { keys = try reader.documentKeys() } catch { return add("\(error)") }
        result.documents = keys.count
        for key in keys {
            do {
                guard let document = try reader.document(forKey: key) else {
                    add("document \(key): cannot be found by its key")
                    continue
                }
                if try reader.documentKey(forID: document.id) != key {
                    add("document \(key): its id \"\(document.id)\" leads elsewhere")
                }
                let vectors = try reader.vectors(ofDocument: key)
                let expected = document.passageTexts.indices.map { document.passage($0, of: key) }
                if vectors.map(\.passage) != expected {
                    add("document \(key): its \(expected.count) texts have \(vectors.count) vectors")
                }
                for (passage, vector) in vectors {
                    if try !reader.passages(ofVector: vector).contains(passage) {
                        add("vector \(vector): does not stand for the text of document \(key) that it should")
                    }
                    if try reader.withVector(forKey: vector, { _ in true }) == nil {
                        add("vector \(vector): is missing")
                    }
                }
                if try !index.words.contains(document: key, in: reader.transaction) {
                    add("document \(key): its words are missing")
                }
            } catch { add("\(error)") }
        }
    }

    mutating func verifyVectors(_ reader: borrowing StoreReader) {
        var problems: [String] = []
        do {
            try reader.forEachVector { key, vector in
                var squares = 0.0
                for place in vector.indices { squares += Double(vector[place]) * Double(vector[place]) }
                if !(abs(squares.squareRoot() - 1) < 1e-3) {
                    problems.append("vector \(key): its length is \(squares.squareRoot()), not 1")
                }
            }
            let counts = try reader.counts()
            result.vectors = counts.vectors
            result.passages = counts.passages
        } catch { add("\(error)") }
        for problem in problems { add(problem) }
        do {
            try reader.checkMeta()
            try reader.checkTexts()
        } catch { add("\(error)") }
    }

    mutating func verifyRows(_ reader: borrowing StoreReader) {
        do {
            let rows = try reader.rowVectors()
            if rows.count != state.vectors.count {
                add("the FAISS file has \(state.vectors.count) rows and the store \(rows.count)")
            }
            var dead: [UInt64] = []
            var inUse = 0
            for (row, vector) in rows.enumerated() {
                if try reader.row(ofVector: vector) != UInt64(row) {
                    add("row \(row): its vector \(vector) has another row")
                }
                if try reader.stands(vector) { inUse += 1 } else { dead.append(UInt64(row)) }
            }
            var tombstones: [UInt64] = []
            try reader.forEachTombstone { tombstones.append($0) }
            if tombstones != dead {
                add("\(tombstones.count) rows are marked as dead and \(dead.count) are")
            }
            var used: Set<UInt64> = []
            try reader.forEachPassage { vector, _ in used.insert(vector) }
            var pending: [UInt64] = []
            try reader.forEachPendingVector { pending.append($0) }
            for vector in pending {
                let isRow = try reader.row(ofVector: vector) != nil
                if isRow || !used.contains(vector) {
                    add("vector \(vector): waits for a row that it does not need")
                }
            }
            if inUse + pending.count != used.count {
                add("\(used.count) vectors stand for texts, but \(inUse) have rows and \(pending.count) wait")
            }
            let counts = try reader.counts()
            if counts.rows != rows.count || counts.documents != result.documents ?? counts.documents {
                add("the tables disagree about how many documents and rows there are")
            }
        } catch { add("\(error)") }
    }

    mutating func verifyWords(_ reader: borrowing StoreReader) {
        do {
            for problem in try index.words.verify(in: reader.transaction) { add(problem) }
            let count = try index.words.counts(in: reader.transaction).documents
            if let documents = result.documents, count != documents {
                add("\(count) documents have words, of \(documents)")
            }
        } catch { add("\(error)") }
    }

    mutating func verifyNeighbours(_ reader: borrowing StoreReader, full: Bool) {
        do {
            try state.vectors.check()
            let share = try VectorFile.selfRetrieval(
                of: state.vectors, reader.rowVectors(), reader,
                sample: full ? .max : VectorFile.largestSample)
            result.selfRetrieval = share
            let expected = state.manifest.selfRetrieval - (state.manifest.factory == "Flat" ? 0 : 0.01)
            if share < expected {
                add(
                    "searches for stored vectors find \(share) of them, and \(state.manifest.selfRetrieval) "
                        + "when the index was made")
            }
        } catch { add("\(error)") }
    }
}
