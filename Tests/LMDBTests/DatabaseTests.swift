import LMDB
import TestSupport
import Testing

private struct Refusal: Error {}

@Suite struct DatabaseTests {
    @Test func `a missing database is an error that names it`() throws {
        try withTemporaryFolder { folder in
            let environment = try Environment(path: folder, options: .tiny)
            let error = #expect(throws: LMDBError.self) {
                try environment.openDatabase("absent", keys: UInt64.self)
            }
            #expect(error?.code == .notFound)
            #expect(error?.subject == "\(folder), database absent")
        }
    }

    @Test func `a database of another kind is refused`() throws {
        try withTemporaryFolder { folder in
            do {
                let environment = try Environment(path: folder, options: .tiny)
                _ = try environment.openDatabase(
                    "t", kind: .sortedSet, create: true, keys: String.self)
            }
            let environment = try Environment(path: folder)
            for create in [false, true] {
                #expect {
                    try environment.openDatabase("t", create: create, keys: String.self)
                } throws: {
                    LMDBError.Code.incompatible ~= $0
                }
                #expect {
                    try environment.openDatabase(
                        "t", kind: .sortedSet, create: create, keys: UInt64.self)
                } throws: { LMDBError.Code.incompatible ~= $0 }
            }
            _ = try environment.openDatabase("t", kind: .sortedSet, keys: String.self)
        }
    }

    @Test func `a database made in a write that is rolled back is gone with its handle`() throws {
        try withTemporaryFolder { folder in
            let environment = try Environment(path: folder, options: .tiny)
            var stale: Database<UInt64>?
            #expect(throws: Refusal.self) {
                try environment.write { transaction in
                    let table = try transaction.openDatabase("old", keys: UInt64.self)
                    try transaction.put([1], forKey: 1, in: table)
                    stale = table
                    throw Refusal()
                }
            }
            // LMDB gives the number of the stale handle to this one.
            let other = try environment.openDatabase("new", create: true, keys: UInt64.self)
            try environment.write { try $0.put([7], forKey: 1, in: other) }
            let table = try #require(stale)
            #expect { try environment.read { try $0.contains(1, in: table) } } throws: {
                LMDBError.Code.badDatabase ~= $0
            }
            #expect(try environment.read { try $0.databaseNames() } == ["new"])
        }
    }

    @Test(arguments: [0, 1, 2, 3, 100, 5000])
    func `all values of a key come in runs of whole values`(count: UInt64) throws {
        try withTemporaryFolder { folder in
            let environment = try Environment(path: folder, options: .tiny)
            let table = try environment.openDatabase(
                "t", kind: .sortedSet(ofSize: 9), create: true, keys: UInt64.self)
            func value(_ number: UInt64) -> [UInt8] {
                withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) } + [7]
            }
            try environment.write { transaction in
                for key in [1, 3] as [UInt64] {
                    try transaction.put(value(99), forKey: key, in: table)
                }
                for number in 0..<count {
                    try transaction.put(value(number), forKey: 2, in: table)
                }
            }
            try environment.read { transaction in
                try transaction.withCursor(in: table) { cursor in
                    var bytes: [UInt8] = []
                    let isThere = try cursor.forEachRun(ofKey: 2) { run in
                        #expect(run.byteCount > 0 && run.byteCount % 9 == 0)
                        run.withUnsafeBytes { bytes += $0 }
                    }
                    #expect(isThere == (count > 0))
                    #expect(bytes == (0..<count).flatMap(value))
                    try cursor.forEachRun(ofKey: 3) { run in
                        #expect(run.withUnsafeBytes { [UInt8]($0) } == value(99))
                    }
                }
            }
        }
    }

    @Test func `a handle of another environment is refused`() throws {
        try withTemporaryFolder { first in
            try withTemporaryFolder { second in
                let one = try Environment(path: first, options: .tiny)
                let other = try Environment(path: second, options: .tiny)
                let table = try one.openDatabase("t", create: true, keys: UInt64.self)
                _ = try other.openDatabase("u", create: true, keys: UInt64.self)
                #expect { try other.read { try $0.contains(1, in: table) } } throws: {
                    LMDBError.Code.badDatabase ~= $0
                }
            }
        }
    }

    @Test func `a transaction cannot use a database that was opened after it began`() throws {
        try withTemporaryFolder { folder in
            try fill(folder, count: 1)
            let environment = try Environment(path: folder)
            try environment.read { transaction in
                let table = try environment.openDatabase("t", keys: UInt64.self)
                #expect(throws: LMDBError.self) { try transaction.contains(0, in: table) }
                #expect(try environment.read { try $0.contains(0, in: table) })
            }
        }
    }

    @Test func `opening more databases than allowed is an error`() throws {
        try withTemporaryFolder { folder in
            let options = EnvironmentOptions(access: .create, maximumDatabases: 2)
            let environment = try Environment(path: folder, options: options)
            for name in ["a", "b", "a"] {
                _ = try environment.openDatabase(name, create: true, keys: UInt64.self)
            }
            #expect { try environment.openDatabase("c", create: true, keys: UInt64.self) } throws: {
                LMDBError.Code.databasesFull ~= $0
            }
            #expect(try environment.read { try $0.databaseNames() } == ["a", "b"])
        }
    }

    @Test func `a cursor goes both ways and by keys`() throws {
        try withTemporaryFolder { folder in
            let environment = try Environment(path: folder, options: .tiny)
            let table = try environment.openDatabase(
                "t", kind: .sortedSet, create: true, keys: String.self)
            try environment.write { transaction in
                for (key, value) in [("a", 1), ("a", 2), ("c", 3), ("e", 4)] as [(String, UInt8)] {
                    try transaction.put([value], forKey: key, in: table)
                }
            }
            try environment.read { transaction in
                try transaction.withCursor(in: table) { cursor throws in
                    func value(_ move: Cursor<String>.Move) throws -> UInt8? {
                        try cursor.move(move) { $1.unsafeLoad(as: UInt8.self) }
                    }
                    let moves: [Cursor<String>.Move] = [
                        .next, .nextKey, .previousKey, .previous, .previous, .last, .next,
                    ]
                    #expect(try moves.map(value) == [1, 3, 2, 1, nil, 4, nil])
                    let key = try cursor.move(toKeyNotBelow: "b") { key, _ in String(keyBytes: key)
                    }
                    #expect(key == "c")
                }
            }
        }
    }
}
