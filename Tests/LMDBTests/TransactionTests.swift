import LMDB
import TestSupport
import Testing

private struct Refusal: Error {}

@Suite struct TransactionTests {
    private func withTable<Key: DatabaseKey>(
        kind: DatabaseKind = .single, keys: Key.Type,
        _ body: (Environment, Database<Key>) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let environment = try Environment(
                path: folder, options: EnvironmentOptions(access: .create, mapSize: 1 << 22))
            try body(environment, environment.openDatabase("t", kind: kind, create: true))
        }
    }

    @Test(arguments: [0, 1, 2, 7, 511, 512, 2037, 2040, 4096, 65537])
    func `values of any size come back as they were put`(size: Int) throws {
        try withTable(keys: String.self) { environment, table in
            let value = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try environment.write { try $0.put(value, forKey: "k", in: table) }
            let found = try environment.read { transaction in
                try transaction.withValue(forKey: "k", in: table) { [UInt8](keyBytes: $0) }
            }
            #expect(found == value)
        }
    }

    @Test func `values are lent from the map without a copy`() throws {
        try withTable(keys: UInt64.self) { environment, table in
            try environment.write { try $0.put([1, 2, 3], forKey: 1, in: table) }
            func address(_ transaction: borrowing ReadTransaction) throws -> UnsafeRawPointer? {
                try transaction.withValue(forKey: 1, in: table) { bytes in
                    bytes.withUnsafeBytes { $0.baseAddress }
                } ?? nil
            }
            let first = try environment.read { try address($0) }
            let second = try environment.read { try address($0) }
            #expect(first != nil)
            #expect(first == second)
        }
    }

    @Test func `a missing key is nil and not an error`() throws {
        try withTable(keys: UInt64.self) { environment, table in
            let found: Bool? = try environment.read { transaction in
                try transaction.withValue(forKey: 1, in: table) { _ in true }
            }
            #expect(found == nil)
            #expect(try environment.read { try !$0.contains(1, in: table) })
            #expect(try environment.write { try !$0.remove(1, in: table) })
        }
    }

    @Test func `integer keys are sorted by value`() throws {
        let keys: [UInt64] = [256, 0, .max, 1, 255, 1 << 32, 65535, .max - 1, 1 << 63]
        try withTable(keys: UInt64.self) { environment, table in
            try environment.write { transaction in
                for key in keys { try transaction.put([], forKey: key, in: table) }
            }
            var found: [UInt64?] = []
            try environment.read { transaction in
                try transaction.forEach(in: table) { key, _ in found.append(UInt64(keyBytes: key)) }
            }
            #expect(found == keys.sorted())
        }
    }

    @Test func `texts that are canonically equivalent are two keys`() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        #expect(composed == decomposed)
        try withTable(keys: String.self) { environment, table in
            try environment.write { transaction in
                try transaction.put([1], forKey: composed, in: table)
                try transaction.put([2], forKey: decomposed, in: table, .noOverwrite)
            }
            #expect(try environment.read { try $0.count(of: table) } == 2)
        }
    }

    @Test(arguments: [0, 512, 600])
    func `a key of impossible size is refused`(size: Int) throws {
        try withTable(keys: [UInt8].self) { environment, table in
            let key = [UInt8](repeating: 1, count: size)
            #expect { try environment.write { try $0.put([], forKey: key, in: table) } } throws: {
                LMDBError.Code.badValueSize ~= $0
            }
        }
    }

    @Test func `a set keeps its values sorted and apart`() throws {
        try withTable(kind: .sortedSet(ofSize: 2), keys: UInt64.self) { environment, table in
            try environment.write { transaction in
                for value in [[2, 0], [1, 9], [1, 1], [2, 0]] as [[UInt8]] {
                    try transaction.put(value, forKey: 5, in: table)
                }
                try transaction.put([0, 0], forKey: 6, in: table)
                #expect {
                    try transaction.put([2, 0], forKey: 5, in: table, .noDuplicate)
                } throws: {
                    LMDBError.Code.keyExists ~= $0
                }
                let value: [UInt8] = [1, 1]
                #expect(try transaction.remove(value.span.bytes, ofKey: 5, in: table))
                #expect(try !transaction.remove(value.span.bytes, ofKey: 5, in: table))
            }
            try environment.read { transaction in
                var values: [[UInt8]?] = []
                try transaction.withCursor(in: table) { cursor in
                    var isThere: Void? = try cursor.move(toKey: 5) {
                        values.append([UInt8](keyBytes: $1))
                    }
                    while isThere != nil {
                        isThere = try cursor.move(.nextValue) {
                            values.append([UInt8](keyBytes: $1))
                        }
                    }
                    let start: [UInt8] = [1, 10]
                    let next = try cursor.move(toKey: 5, valueNotBelow: start.span.bytes) {
                        [UInt8](keyBytes: $0)
                    }
                    #expect(next == [2, 0])
                }
                #expect(values == [[1, 9], [2, 0]])
                #expect(try transaction.count(of: table) == 3)
            }
        }
    }

    @Test(arguments: [[], [1], [1, 2, 3]] as [[UInt8]])
    func `a value of another size than its set's is refused`(value: [UInt8]) throws {
        try withTable(kind: .sortedSet(ofSize: 2), keys: UInt64.self) { environment, table in
            #expect { try environment.write { try $0.put(value, forKey: 1, in: table) } } throws: {
                LMDBError.Code.badValueSize ~= $0
            }
        }
    }

    @Test func `appending takes sorted keys only and fills pages`() throws {
        try withTable(keys: UInt64.self) { environment, table in
            let value = [UInt8](repeating: 1, count: 200)
            let appended = try environment.write { transaction in
                for key in 0..<3000 as Range<UInt64> {
                    try transaction.put(value, forKey: key, in: table, .append)
                }
                #expect { try transaction.put(value, forKey: 7, in: table, .append) } throws: {
                    LMDBError.Code.keyExists ~= $0
                }
                return try transaction.statistics(of: table)
            }
            #expect(appended.entries == 3000)
            #expect(appended.leafPages <= 3000 / 18 + 1)
        }
    }

    @Test func `an error rolls everything back`() throws {
        try withTable(keys: UInt64.self) { environment, table in
            try environment.write { try $0.put([1], forKey: 1, in: table) }
            #expect(throws: Refusal.self) {
                try environment.write { transaction in
                    try transaction.put([2], forKey: 1, in: table)
                    try transaction.removeAll(in: table)
                    throw Refusal()
                }
            }
            let found = try environment.read { transaction in
                try transaction.withValue(forKey: 1, in: table) { [UInt8](keyBytes: $0) }
            }
            #expect(found == [1])
            // The write lock is free again.
            try environment.write { try $0.put([3], forKey: 1, in: table) }
        }
    }

    @Test func `an error in a nested transaction undoes that one alone`() throws {
        try withTable(keys: UInt64.self) { environment, table in
            try environment.write { transaction in
                try transaction.put([1], forKey: 1, in: table)
                #expect(throws: Refusal.self) {
                    try transaction.nested { inner in
                        try inner.put([9], forKey: 1, in: table)
                        try inner.put([9], forKey: 9, in: table)
                        throw Refusal()
                    }
                }
                try transaction.nested { try $0.put([2], forKey: 2, in: table) }
            }
            var found: [UInt64?: [UInt8]?] = [:]
            try environment.read { transaction in
                try transaction.forEach(in: table) {
                    found[UInt64(keyBytes: $0)] = [UInt8](keyBytes: $1)
                }
            }
            #expect(found == [1: [1], 2: [2]])
        }
    }

    @Test func `a reader sees one state whatever is written meanwhile`() throws {
        try withTable(keys: UInt64.self) { environment, table in
            try environment.write { try $0.put([1], forKey: 1, in: table) }
            try environment.read { transaction in
                for value in 2...5 as ClosedRange<UInt8> {
                    try environment.write { try $0.put([value], forKey: 1, in: table) }
                }
                let old = try transaction.withValue(forKey: 1, in: table) { [UInt8](keyBytes: $0) }
                let new = try environment.read { inner in
                    try inner.withValue(forKey: 1, in: table) { [UInt8](keyBytes: $0) }
                }
                #expect(old == [1])
                #expect(new == [5])
            }
        }
    }

    @Test func `a write inside a write of the same thread is refused`() throws {
        try withTable(keys: UInt64.self) { environment, table in
            try environment.write { transaction in
                #expect { try environment.write { _ in } } throws: {
                    LMDBError.Code.wouldDeadlock ~= $0
                }
                try transaction.put([1], forKey: 1, in: table)
            }
            #expect(try environment.read { try $0.count(of: table) } == 1)
        }
    }

    @Test func `random operations agree with a dictionary`() throws {
        var random = SplitMix64(seed: 20)
        try withTable(keys: UInt64.self) { environment, table in
            var model: [UInt64: [UInt8]] = [:]
            for _ in 0..<40 {
                var changes: [(UInt64, [UInt8]?)] = []
                for _ in 0..<Int.random(in: 0..<60, using: &random) {
                    let key = UInt64.random(in: 0..<200, using: &random)
                    let size = Int.random(in: 0..<3000, using: &random)
                    let isRemoval = Bool.random(using: &random)
                    changes.append(
                        (key, isRemoval ? nil : [UInt8](repeating: UInt8(key), count: size)))
                }
                let fails = Int.random(in: 0..<4, using: &random) == 0
                try? environment.write { transaction in
                    for (key, value) in changes {
                        if let value {
                            try transaction.put(value, forKey: key, in: table)
                        } else {
                            try transaction.remove(key, in: table)
                        }
                    }
                    if fails { throw Refusal() }
                }
                if !fails { for (key, value) in changes { model[key] = value } }
                var found: [UInt64: [UInt8]] = [:]
                try environment.read { transaction in
                    try transaction.forEach(in: table) { key, value in
                        let number = UInt64(keyBytes: key)
                        found[try #require(number)] = [UInt8](keyBytes: value)
                    }
                }
                #expect(found == model)
            }
        }
    }
}
