internal import LMDB

/// The postings that one term has, or should have: their number, and a sum over them that does not
/// depend on their order.
private struct PostingSum: Equatable {
    var count: UInt64 = 0
    var sum: UInt64 = 0

    mutating func add(document: UInt64, frequency: UInt32, length: UInt32) {
        count += 1
        var mixed = document
        for number in [UInt64(frequency), UInt64(length)] {
            // The mixing of SplitMix64.
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            mixed = (mixed ^ (mixed >> 31)) &+ number &* 0x9E37_79B9_7F4A_7C15
        }
        sum &+= mixed
    }
}

/// What the documents' own records say, compared with the other tables.
struct LexicalVerification {
    private let limit: Int
    private(set) var reports: [String] = []
    private var documents: UInt64 = 0
    private var length: UInt64 = 0
    /// What the documents say of each term.
    private var expected: [Term: PostingSum] = [:]
    /// The same by the term's number, for those in the dictionary.
    private var expectedByNumber: [UInt64: PostingSum] = [:]
    private var nextTerm: UInt64?
    /// The postings that are being read: their term's number and what was found of them.
    private var current: (number: UInt64, found: PostingSum)?

    init(limit: Int) {
        self.limit = limit
    }

    private mutating func report(_ table: LexicalTable, _ key: String, _ detail: String) {
        if reports.count < limit {
            reports.append("table \(table.rawValue), key \(key): \(detail)")
        }
    }

    mutating func readDocuments<Access>(
        _ tables: LexicalTables, _ transaction: borrowing Transaction<Access>
    ) throws {
        try transaction.forEach(in: tables.documents) { keyBytes, bytes in
            documents += 1
            guard let key = UInt64(keyBytes: keyBytes),
                let document = DocumentTerms(record: bytes, ofDocument: key)
            else {
                let shown = UInt64(keyBytes: keyBytes).map { "\($0)" } ?? "of another size than 8"
                return report(.documents, shown, LexicalIndex.defect)
            }
            length &+= UInt64(document.length)
            for (term, frequency) in document.frequencies {
                expected[term, default: PostingSum()].add(
                    document: key, frequency: frequency, length: document.length)
            }
        }
    }

    mutating func check(_ totals: Totals?) {
        guard let totals else { return report(.totals, Totals.key, LexicalIndex.defect) }
        nextTerm = totals.nextTerm
        if totals.documents != documents {
            report(
                .totals, Totals.key,
                "counts \(totals.documents) documents, and there are \(documents)")
        }
        if totals.length != length {
            report(
                .totals, Totals.key,
                "counts \(totals.length) terms, and the documents have \(length)")
        }
    }

    mutating func readDictionary<Access>(
        _ tables: LexicalTables, _ transaction: borrowing Transaction<Access>
    ) throws {
        try transaction.forEach(in: tables.terms) { keyBytes, bytes in
            let key = keyBytes.withUnsafeBytes { [UInt8]($0) }
            guard let term = Term(bytes: key), let entry = DictionaryEntry(record: bytes, of: term)
            else { return report(.terms, "of \(key.count) bytes", LexicalIndex.defect) }
            if let nextTerm, entry.number >= nextTerm {
                report(.terms, term.shown, "has number \(entry.number), which is not given out")
            }
            let found = expected.removeValue(forKey: term) ?? PostingSum()
            if found.count != entry.documentFrequency {
                report(
                    .terms, term.shown,
                    "is counted in \(entry.documentFrequency) documents, and \(found.count) have it"
                )
            }
            if expectedByNumber.updateValue(found, forKey: entry.number) != nil {
                report(.terms, term.shown, "has number \(entry.number), which another term has")
            }
        }
        for (term, found) in expected.sorted(by: { $0.key < $1.key }) {
            report(.terms, term.shown, "is missing, and \(found.count) documents have it")
        }
    }

    mutating func readPostings<Access>(
        _ tables: LexicalTables, _ transaction: borrowing Transaction<Access>
    ) throws {
        try transaction.forEach(in: tables.postings) { key, value in readPosting(key, value) }
        compareCurrent()
        for (number, missing) in expectedByNumber.sorted(by: { $0.key < $1.key })
        where missing.count > 0 {
            report(
                .postings, "\(number)", "is missing, and \(missing.count) documents have the term")
        }
    }

    private mutating func readPosting(_ key: RawSpan, _ value: RawSpan) {
        guard let number = UInt64(keyBytes: key) else {
            return report(.postings, "of another size than 8", LexicalIndex.defect)
        }
        if current?.number != number {
            compareCurrent()
            current = (number, PostingSum())
        }
        guard value.byteCount == Posting.byteCount,
            let posting = Posting(
                record: value, at: 0, after: SealedRecord.checksum(ofKey: number))
        else { return report(.postings, "\(number)", LexicalIndex.defect) }
        current?.found.add(
            document: posting.document, frequency: posting.frequency, length: posting.length)
    }

    /// Compares the postings of the term whose last one was read.
    private mutating func compareCurrent() {
        guard let current else { return }
        guard let expected = expectedByNumber.removeValue(forKey: current.number) else {
            return report(.postings, "\(current.number)", "is no term of the dictionary")
        }
        if expected.count != current.found.count {
            report(
                .postings, "\(current.number)",
                "has \(current.found.count) documents, and \(expected.count) have the term")
        } else if expected != current.found {
            report(
                .postings, "\(current.number)",
                "has other documents, frequencies or lengths than the documents' own records")
        }
    }
}
