internal import LMDB

/// Adds documents, and puts their postings in batches that are sorted by term: one document's
/// postings lie far from each other, one term's lie together.
///
/// `finish` must come last; until then dictionary, postings and totals lack what is pending.
struct PostingLoader {
    /// How many postings wait at most, beyond those of one document: some 50 MB with their terms.
    private static let maximumPending = 1 << 20

    private struct Pending {
        /// Where the term stands in `terms`.
        let term: Int
        let posting: Posting
    }

    private let index: LexicalIndex
    private var totals: Totals
    /// The largest key of a document; the outer nil says that it is not known.
    private var largest: UInt64??
    /// The largest key when the first pending posting came.
    private var largestBefore: UInt64?
    private var terms: [Term] = []
    private var positions: [Term: Int] = [:]
    private var pending: [Pending] = []

    init(_ index: LexicalIndex, totals: Totals) {
        self.index = index
        self.totals = totals
    }

    mutating func add(
        document key: UInt64, terms: [String], in transaction: inout WriteTransaction
    ) throws(LexicalIndexError) {
        guard let document = DocumentTerms(terms: terms) else {
            throw LexicalIndexError(
                .invalid, folder: transaction.path, table: .documents, key: "\(key)",
                "has more than \(UInt32.max) terms")
        }
        var largest = try largestDocument(in: transaction)
        if let largestKey = largest, key <= largestKey,
            try index.contains(document: key, in: transaction)
        {
            try finish(in: &transaction)
            try index.remove(document: key, in: &transaction)
            totals = try index.totals(in: transaction)
            largest = try largestDocument(in: transaction)
        }
        let isLargest = largest.map { key > $0 } ?? true
        do throws(LMDBError) {
            try transaction.put(
                document.record(ofDocument: key), forKey: key, in: index.tables.documents,
                isLargest ? .append : [])
        } catch {
            throw LexicalIndexError(error, folder: transaction.path)
        }
        if pending.isEmpty { largestBefore = largest }
        self.largest = .some(isLargest ? key : largest)
        try count(document, in: transaction)
        for (term, frequency) in document.frequencies {
            pending.append(
                Pending(
                    term: position(of: term),
                    posting: Posting(
                        document: key, frequency: frequency, length: document.length)))
        }
        if pending.count >= Self.maximumPending { try flush(in: &transaction) }
    }

    /// Writes what is pending, and the totals.
    mutating func finish(in transaction: inout WriteTransaction) throws(LexicalIndexError) {
        try flush(in: &transaction)
        largest = nil
        do throws(LMDBError) {
            try transaction.put(totals.record, forKey: Totals.key, in: index.tables.totals)
        } catch {
            throw LexicalIndexError(error, folder: transaction.path)
        }
    }

    private mutating func largestDocument(
        in transaction: borrowing WriteTransaction
    ) throws(LexicalIndexError) -> UInt64? {
        if let largest { return largest }
        do {
            let found = try index.largestDocument(in: transaction)
            largest = .some(found)
            return found
        } catch let error as LMDBError {
            throw LexicalIndexError(error, folder: transaction.path)
        } catch {
            throw LexicalIndexError(.database, folder: transaction.path, "\(error)")
        }
    }

    private mutating func count(
        _ document: DocumentTerms, in transaction: borrowing WriteTransaction
    ) throws(LexicalIndexError) {
        let documents = totals.documents.addingReportingOverflow(1)
        let length = totals.length.addingReportingOverflow(UInt64(document.length))
        if documents.overflow || length.overflow {
            throw LexicalIndex.damaged(transaction, .totals, Totals.key, "has impossible numbers")
        }
        totals.documents = documents.partialValue
        totals.length = length.partialValue
    }

    private mutating func position(of term: Term) -> Int {
        if let position = positions[term] { return position }
        positions[term] = terms.count
        terms.append(term)
        return terms.count - 1
    }

    private mutating func flush(in transaction: inout WriteTransaction) throws(LexicalIndexError) {
        let (ends, sorted) = sortedByTerm()
        let entries = try countInDictionary(ends: ends, &transaction)
        let byNumber = terms.indices.sorted { entries[$0].number < entries[$1].number }
        for term in byNumber {
            let postings = sorted[(term == 0 ? 0 : ends[term - 1])..<ends[term]]
            try put(
                postings, entries[term].number, isNew: entries[term].isNew, &transaction)
        }
        terms.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
        pending.removeAll(keepingCapacity: true)
    }

    /// The pending postings by term and document, and where in them each term's end.
    private func sortedByTerm() -> (ends: [Int], postings: [Posting]) {
        // A counting sort, which keeps the order in which the documents came.
        var next = [Int](repeating: 0, count: terms.count + 1)
        for pending in pending { next[pending.term + 1] += 1 }
        for term in terms.indices { next[term + 1] += next[term] }
        var order = [Int](repeating: 0, count: pending.count)
        for (place, pending) in pending.enumerated() {
            order[next[pending.term]] = place
            next[pending.term] += 1
        }
        next.removeLast()
        var postings = order.map { pending[$0].posting }
        var start = 0
        for end in next {
            let isAscending = (start + 1..<max(end, start + 1)).allSatisfy {
                postings[$0 - 1].document < postings[$0].document
            }
            if !isAscending { postings[start..<end].sort { $0.document < $1.document } }
            start = end
        }
        return (next, postings)
    }

    /// Adds the pending postings to the document frequencies, and new terms to the dictionary.
    private mutating func countInDictionary(
        ends: [Int], _ transaction: inout WriteTransaction
    ) throws(LexicalIndexError) -> [(number: UInt64, isNew: Bool)] {
        var entries = [(number: UInt64, isNew: Bool)](repeating: (0, true), count: terms.count)
        for position in terms.indices.sorted(by: { terms[$0] < terms[$1] }) {
            let term = terms[position]
            let known = try index.entry(of: term, in: transaction)
            let added = UInt64(ends[position] - (position == 0 ? 0 : ends[position - 1]))
            let (frequency, isTooLarge) = (known?.documentFrequency ?? 0)
                .addingReportingOverflow(added)
            if isTooLarge || frequency > totals.documents {
                throw LexicalIndex.damaged(
                    transaction, .terms, term.shown, "is counted in more documents than there are")
            }
            let number = if let known { known.number } else { try newNumber(in: transaction) }
            entries[position] = (number, known == nil)
            do throws(LMDBError) {
                let entry = DictionaryEntry(number: number, documentFrequency: frequency)
                try transaction.put(
                    entry.record(of: term), forKey: term.bytes, in: index.tables.terms)
            } catch {
                throw LexicalIndexError(error, folder: transaction.path)
            }
        }
        return entries
    }

    private mutating func newNumber(
        in transaction: borrowing WriteTransaction
    ) throws(LexicalIndexError) -> UInt64 {
        let number = totals.nextTerm
        if number == .max {
            throw LexicalIndex.damaged(transaction, .totals, Totals.key, "has no numbers left")
        }
        totals.nextTerm = number + 1
        return number
    }

    private func put(
        _ postings: ArraySlice<Posting>, _ number: UInt64, isNew: Bool,
        _ transaction: inout WriteTransaction
    ) throws(LexicalIndexError) {
        guard let first = postings.first else { return }
        // Values behind all others fill their pages up.
        let isBehind = isNew || (largestBefore.map { first.document > $0 } ?? true)
        do throws(LMDBError) {
            for posting in postings {
                try transaction.put(
                    posting.record(ofTerm: number), forKey: number, in: index.tables.postings,
                    isBehind ? .appendValue : [])
            }
        } catch  where error.code == .keyExists {
            throw LexicalIndex.damaged(
                transaction, .postings, "\(number)",
                "has a document that is not below \(first.document), the next new one")
        } catch {
            throw LexicalIndexError(error, folder: transaction.path)
        }
    }
}
