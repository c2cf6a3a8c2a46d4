import Dispatch
import LMDB
import Synchronization
import TestSupport
import Testing

private struct Refusal: Error {}

@Suite struct MapSizeTests {
    /// More than the tiny map holds: a megabyte.
    private func putMuch(
        _ transaction: inout WriteTransaction, _ table: Database<UInt64>, from start: UInt64 = 0
    ) throws {
        for key in start..<(start + 5000) {
            try transaction.put([UInt8](repeating: 1, count: 200), forKey: key, in: table)
        }
    }

    private func withTinyMap(_ body: (Environment, Database<UInt64>) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let environment = try Environment(path: folder, options: .tiny)
            try body(environment, environment.openDatabase("t", create: true))
        }
    }

    @Test func `a write that fills the map runs again in a larger one`() throws {
        try withTinyMap { environment, table in
            let before = try environment.info().mapSize
            var runs = 0
            try environment.write { transaction in
                runs += 1
                try putMuch(&transaction, table)
            }
            #expect(runs > 1)
            #expect(try environment.info().mapSize == before << (runs - 1))
            #expect(try environment.read { try $0.count(of: table) } == 5000)
            // One transaction for the table, one for the values: the failed ones left no trace.
            #expect(try environment.info().lastTransaction == 2)
        }
    }

    @Test func `one value larger than the map fits in the end`() throws {
        try withTinyMap { environment, table in
            let value = [UInt8](repeating: 9, count: 3_000_001)
            try environment.write { try $0.put(value, forKey: 1, in: table) }
            let found = try environment.read { transaction in
                try transaction.withValue(forKey: 1, in: table) { [UInt8](keyBytes: $0) }
            }
            #expect(found == value)
        }
    }

    @Test func `a full map is grown also when the closure hides the error`() throws {
        try withTinyMap { environment, table in
            try environment.write { transaction in
                do { try putMuch(&transaction, table) } catch LMDBError.Code.mapFull {}
            }
            #expect(try environment.read { try $0.count(of: table) } == 5000)
            try environment.write { transaction in
                do { try putMuch(&transaction, table, from: 50_000) } catch { throw Refusal() }
            }
            #expect(try environment.read { try $0.count(of: table) } == 10_000)
        }
    }

    @Test func `a full map in a nested transaction is grown too`() throws {
        try withTinyMap { environment, table in
            try environment.write { transaction in
                try transaction.nested { inner in
                    try inner.nested { try putMuch(&$0, table) }
                }
            }
            #expect(try environment.read { try $0.count(of: table) } == 5000)
        }
    }

    @Test func `a database is made anew when its write runs again`() throws {
        try withTinyMap { environment, _ in
            let table = try environment.write { transaction in
                let table = try transaction.openDatabase("more", keys: UInt64.self)
                try putMuch(&transaction, table)
                return table
            }
            #expect(try environment.read { try $0.count(of: table) } == 5000)
        }
    }

    @Test func `an error that has nothing to do with the map is not tried again`() throws {
        try withTinyMap { environment, table in
            var runs = 0
            #expect(throws: Refusal.self) {
                try environment.write { _ in
                    runs += 1
                    throw Refusal()
                }
            }
            #expect(runs == 1)
        }
    }

    @Test func `a write inside a read says that it cannot grow the map`() throws {
        try withTinyMap { environment, table in
            try environment.read { transaction in
                let error = #expect(throws: LMDBError.self) {
                    try environment.write { try putMuch(&$0, table) }
                }
                #expect(error?.code == .mapFull)
                #expect(error?.detail?.contains("inside another transaction") == true)
                let count = try transaction.count(of: table)
                #expect(count == 0)
            }
            try environment.write { try putMuch(&$0, table) }
        }
    }

    @Test func `growing waits for the readers of other threads and they for it`() throws {
        try withTinyMap { environment, table in
            try environment.write { try $0.put([42], forKey: 1_000_000, in: table) }
            let failures = Mutex<[String]>([])
            let reads = Atomic(0)
            let isDone = Atomic(false)
            let threads = DispatchGroup()
            for _ in 0..<3 {
                DispatchQueue(label: "thread").async(group: threads) {
                    while !isDone.load(ordering: .relaxed) {
                        do {
                            try environment.read { outer in
                                // It must not wait for the growth that waits for `outer`.
                                try environment.read { inner in
                                    let sees = try inner.withValue(forKey: 1_000_000, in: table) {
                                        $0.unsafeLoad(as: UInt8.self)
                                    }
                                    if sees != 42 {
                                        failures.withLock { $0.append("\(sees as Any)") }
                                    }
                                }
                                _ = try outer.contains(1_000_000, in: table)
                            }
                            reads.add(1, ordering: .relaxed)
                        } catch {
                            failures.withLock { $0.append("\(error)") }
                        }
                    }
                }
            }
            for _ in 0..<2 {
                DispatchQueue(label: "thread").async(group: threads) {
                    for round in 0..<20 as Range<UInt64> {
                        do {
                            try environment.write { transaction in
                                try putMuch(&transaction, table, from: round * 500)
                            }
                        } catch {
                            failures.withLock { $0.append("\(error)") }
                        }
                    }
                    isDone.store(true, ordering: .relaxed)
                }
            }
            threads.wait()
            #expect(failures.withLock { $0 } == [])
            #expect(reads.load(ordering: .relaxed) > 0)
            #expect(try environment.read { try $0.count(of: table) } == 19 * 500 + 5000 + 1)
        }
    }
}
