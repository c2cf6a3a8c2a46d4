package import LMDB

extension LexicalIndex {
    /// Adds a document, in place of what is there under its key. A document may have no terms.
    ///
    /// O(terms · log n). Many documents are added much faster together.
    ///
    /// - Throws: `invalid` for more than 2³² − 1 terms; `damaged`; `database`.
    package func add(
        document key: UInt64, terms: [String], in transaction: inout WriteTransaction
    ) throws(LexicalIndexError) {
        try add(CollectionOfOne((key: key, terms: terms)), in: &transaction)
    }

    /// Adds documents, each in place of what is there under its key.
    ///
    /// Fastest for new documents in ascending order of keys. Takes memory for some million
    /// postings at most, whatever the number of documents, when the sequence is lazy.
    ///
    /// - Throws: as `add(document:terms:in:)`.
    package func add(
        _ documents: some Sequence<(key: UInt64, terms: [String])>,
        in transaction: inout WriteTransaction
    ) throws(LexicalIndexError) {
        var loader = PostingLoader(self, totals: try totals(in: transaction))
        for (key, terms) in documents {
            try loader.add(document: key, terms: terms, in: &transaction)
        }
        try loader.finish(in: &transaction)
    }

    /// Removes a document; false when the index does not have it. O(terms · log n).
    ///
    /// - Throws: `damaged`; `database`.
    @discardableResult
    package func remove(
        document key: UInt64, in transaction: inout WriteTransaction
    ) throws(LexicalIndexError) -> Bool {
        guard let document = try documentTerms(of: key, in: transaction) else { return false }
        for (term, frequency) in document.frequencies {
            let posting = Posting(
                document: key, frequency: frequency, length: document.length)
            try remove(posting, of: term, in: &transaction)
        }
        var totals = try totals(in: transaction)
        guard totals.documents >= 1, totals.length >= UInt64(document.length) else {
            throw Self.damaged(
                transaction, .totals, Totals.key, "counts less than document \(key) has")
        }
        totals.documents -= 1
        totals.length -= UInt64(document.length)
        do throws(LMDBError) {
            try transaction.remove(key, in: tables.documents)
            try transaction.put(totals.record, forKey: Totals.key, in: tables.totals)
        } catch {
            throw LexicalIndexError(error, folder: transaction.path)
        }
        return true
    }

    private func remove(
        _ posting: Posting, of term: Term, in transaction: inout WriteTransaction
    ) throws(LexicalIndexError) {
        guard var entry = try entry(of: term, in: transaction), entry.documentFrequency > 0 else {
            throw Self.damaged(
                transaction, .terms, term.shown,
                "is missing, and document \(posting.document) has it")
        }
        let wasThere: Bool
        do throws(LMDBError) {
            let record = posting.record(ofTerm: entry.number)
            wasThere = try transaction.remove(
                record.span.bytes, ofKey: entry.number, in: tables.postings)
            entry.documentFrequency -= 1
            if entry.documentFrequency == 0 {
                try transaction.remove(term.bytes, in: tables.terms)
            } else {
                try transaction.put(
                    entry.record(of: term), forKey: term.bytes, in: tables.terms)
            }
        } catch {
            throw LexicalIndexError(error, folder: transaction.path)
        }
        if !wasThere {
            throw Self.damaged(
                transaction, .postings, "\(entry.number)",
                "lacks document \(posting.document), which has the term")
        }
    }
}
