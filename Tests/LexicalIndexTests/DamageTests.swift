import Checksums
import LMDB
import LexicalIndex
import TestSupport
import Testing

@Suite struct DamageTests {
    private struct Undo: Error {}

    private let terms = ["t0", "t1", "t2", "t3", "t4"]

    /// What can be asked of an index, each as text or as the error that it meets.
    private func answers<Access>(
        _ index: LexicalIndex, _ transaction: borrowing Transaction<Access>
    ) -> [Result<String, LexicalIndexError>] {
        func answer(_ body: () throws -> String) -> Result<String, LexicalIndexError> {
            do {
                return .success(try body())
            } catch let error as LexicalIndexError {
                return .failure(error)
            } catch {
                Issue.record("an error of another kind: \(error)")
                return .success("")
            }
        }
        var answers: [Result<String, LexicalIndexError>] = []
        for term in terms {
            answers.append(
                answer { "\(try index.search(terms: [term], limit: 9, in: transaction))" })
        }
        answers.append(answer { "\(try index.search(terms: terms, limit: 9, in: transaction))" })
        for document in 0..<20 as Range<UInt64> {
            answers.append(
                answer {
                    let found = try index.explain(document: document, terms: terms, in: transaction)
                    return found.map { "\($0)" } ?? "nil"
                })
        }
        answers.append(answer { "\(try index.counts(in: transaction))" })
        return answers
    }

    @Test func `a bit that flips in a record makes an error or changes no answer`() throws {
        try withTemporaryFolder { folder in
            let shelf = try Shelf(folder)
            try shelf.add(randomDocuments(6, seed: 5, vocabulary: 5))
            var records: [(table: String, key: [UInt8], value: [UInt8])] = []
            try Tables.forEachRecord(of: shelf.environment) { records.append(($0, $1, $2)) }
            #expect(Set(records.map(\.table)).count == 4)
            let whole = try shelf.environment.read { answers(shelf.index, $0) }
            for (table, key, value) in records {
                var missed = 0
                for bit in 0..<(8 * value.count) {
                    var damaged = value
                    damaged[bit / 8] ^= 1 << (bit % 8)
                    var isFound = false
                    #expect(throws: Undo.self) {
                        try shelf.environment.write { transaction in
                            try Tables.replace(value, by: damaged, of: key, in: table, &transaction)
                            for (found, expected) in zip(
                                answers(shelf.index, transaction), whole)
                            {
                                switch found {
                                case .success(let text): #expect(try text == expected.get())
                                case .failure(let error):
                                    isFound = true
                                    #expect(error.reason == .damaged)
                                    #expect(error.table == table && error.key != nil)
                                }
                            }
                            #expect(try !shelf.index.verify(in: transaction).isEmpty)
                            throw Undo()
                        }
                    }
                    if !isFound { missed += 1 }
                }
                #expect(missed == 0, "in \(table)")
            }
        }
    }

    @Test func `writing over damaged records makes an error, and never a trap`() throws {
        try withTemporaryFolder { folder in
            let shelf = try Shelf(folder)
            let documents = randomDocuments(30, seed: 6, vocabulary: 5)
            try shelf.add(documents)
            var records: [(table: String, key: [UInt8], value: [UInt8])] = []
            try Tables.forEachRecord(of: shelf.environment) { records.append(($0, $1, $2)) }
            var random = SplitMix64(seed: 7)
            for _ in 0..<2000 {
                guard let (table, key, value) = records.randomElement(using: &random) else {
                    continue
                }
                var damaged = value
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    damaged[Int.random(in: 0..<value.count, using: &random)] ^= UInt8.random(
                        in: 1...255, using: &random)
                }
                if table != "lexical_postings", Bool.random(using: &random) {
                    damaged.removeLast(Int.random(in: 1..<value.count, using: &random))
                }
                if damaged == value { continue }
                do {
                    try shelf.environment.write { transaction in
                        try Tables.replace(value, by: damaged, of: key, in: table, &transaction)
                        for (key, terms) in documents.shuffled(using: &random).prefix(10) {
                            try shelf.index.remove(document: key, in: &transaction)
                            try shelf.index.add(document: key, terms: terms, in: &transaction)
                        }
                        #expect(try !shelf.index.verify(in: transaction).isEmpty)
                        throw Undo()
                    }
                } catch let error as LexicalIndexError {
                    #expect(error.reason == .damaged, "\(error)")
                } catch is Undo {}
            }
            #expect(try shelf.verify() == [])
        }
    }

    /// A value with a checksum that is right.
    private func sealed(_ value: [UInt8], _ key: [UInt8]) -> [UInt8] {
        var checksum = CRC32C()
        checksum.update(key.span.bytes)
        checksum.update(value.span.bytes)
        return value + withUnsafeBytes(of: checksum.value.littleEndian) { [UInt8]($0) }
    }

    @Test func `records that are whole but disagree are reported`() throws {
        try withTemporaryFolder { folder in
            let shelf = try Shelf(folder)
            try shelf.add([(1, ["a", "a"]), (2, ["a", "b"])])
            var records: [(table: String, key: [UInt8], value: [UInt8])] = []
            try Tables.forEachRecord(of: shelf.environment) { records.append(($0, $1, $2)) }
            func change(_ table: String, _ key: [UInt8], byte: Int, of place: Int = 0) throws
                -> [String]
            {
                let record = try #require(
                    records.filter { $0.table == table && $0.key == key }.dropFirst(place).first)
                var value = Array(record.value.dropLast(4))
                value[byte] ^= 1
                var reports: [String] = []
                #expect(throws: Undo.self) {
                    try shelf.environment.write { transaction in
                        try Tables.replace(
                            record.value, by: sealed(value, key), of: key, in: table, &transaction)
                        reports = try shelf.index.verify(in: transaction)
                        throw Undo()
                    }
                }
                return reports
            }
            let number = [UInt8](repeating: 0, count: 8)
            let totals = [UInt8]("totals".utf8)
            #expect(
                try change("lexical_totals", totals, byte: 4)
                    == ["table lexical_totals, key totals: counts 3 documents, and there are 2"])
            #expect(
                try change("lexical_totals", totals, byte: 12)
                    == [
                        "table lexical_totals, key totals: counts 5 terms, and the documents have 4"
                    ])
            #expect(
                try change("lexical_terms", [UInt8]("a".utf8), byte: 8)
                    == [
                        "table lexical_terms, key of 1 bytes: is counted in 3 documents, and 2 have it"
                    ])
            #expect(
                try change("lexical_postings", number, byte: 12)
                    == [
                        "table lexical_postings, key 0: has other documents, frequencies or lengths "
                            + "than the documents' own records"
                    ])
            // The number of "b" becomes that of "a".
            #expect(try change("lexical_terms", [UInt8]("b".utf8), byte: 0).count == 3)
            #expect(try shelf.verify() == [])
        }
    }

    @Test func `an index of a newer format is refused`() throws {
        try withTemporaryFolder { folder in
            let environment = try Environment(
                path: folder, options: EnvironmentOptions(access: .create))
            try environment.write { transaction in
                let table = try transaction.openDatabase("lexical_totals", keys: String.self)
                try transaction.put(
                    sealed([2, 0, 0, 0, 9, 9], [UInt8]("totals".utf8)), forKey: "totals", in: table)
            }
            #expect(refusal { _ = try LexicalIndex(opening: environment) } == .newerFormat(2))
            #expect(
                refusal { _ = try environment.write { try LexicalIndex(creatingIn: &$0) } }
                    == .newerFormat(2))
        }
    }

    @Test func `totals that are gone are damage`() throws {
        try withTemporaryFolder { folder in
            let shelf = try Shelf(folder)
            try shelf.add(1, "lamp")
            try shelf.environment.write { transaction in
                let table = try transaction.openDatabase("lexical_totals", keys: String.self)
                try transaction.remove("totals", in: table)
            }
            #expect(refusal { _ = try shelf.search(["lamp"]) } == .damaged)
            #expect(
                refusal { _ = try shelf.environment.write { try LexicalIndex(creatingIn: &$0) } }
                    == .damaged)
        }
    }
}
