import FoundationEssentials
import Glibc
import LMDB
import TestSupport
import Testing

@Suite struct EnvironmentTests {
    @Test func `a folder without data file is refused unless it is to be created`() throws {
        try withTemporaryFolder { folder in
            #expect { try Environment(path: folder) } throws: { LMDBError.Code.noSuchFile ~= $0 }
            _ = try Environment(path: folder, options: .tiny)
            _ = try Environment(path: folder)
        }
    }

    @Test func `a missing folder is an error that names it`() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/missing"
            let error = #expect(throws: LMDBError.self) {
                try Environment(path: path, options: .tiny)
            }
            #expect(error?.code == .noSuchFile)
            #expect(error?.description.hasPrefix(path) == true)
            #expect(error?.message == "No such file or directory")
        }
    }

    @Test func `the same folder cannot be opened twice whatever path leads to it`() throws {
        try withTemporaryFolder { folder in
            let link = folder + "-link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder)
            defer { unlink(link) }
            let environment = try Environment(path: folder, options: .tiny)
            for path in [folder, folder + "/", link] {
                #expect { try Environment(path: path) } throws: { LMDBError.Code.alreadyOpen ~= $0 }
            }
            withExtendedLifetime(environment) {}
        }
    }

    @Test func `an environment can be opened again once it is gone`() throws {
        try withTemporaryFolder { folder in
            for round in 0..<50 {
                let environment = try Environment(path: folder, options: .tiny)
                let table = try environment.openDatabase("t", create: true, keys: UInt64.self)
                try environment.write { try $0.put([1], forKey: UInt64(round), in: table) }
            }
            #expect(openDescriptors(under: folder) == 0)
        }
    }

    @Test func `a failed opening leaves nothing open`() throws {
        try withTemporaryFolder { folder in
            try writeFile(folder + "/data.mdb", [UInt8](repeating: 7, count: 8192))
            for _ in 0..<50 {
                #expect(throws: LMDBError.self) { try Environment(path: folder) }
            }
            #expect(openDescriptors(under: folder) == 0)
            unlink(folder + "/data.mdb")
            // LMDB fails later here: the lock file cannot be opened.
            _ = try Environment(path: folder, options: .tiny)
            unlink(folder + "/lock.mdb")
            try FileManager.default.createDirectory(
                atPath: folder + "/lock.mdb", withIntermediateDirectories: false)
            for _ in 0..<50 {
                #expect(throws: LMDBError.self) { try Environment(path: folder) }
            }
            #expect(openDescriptors(under: folder) == 0)
        }
    }

    @Test(arguments: [
        EnvironmentOptions(access: .create, mapSize: 0),
        EnvironmentOptions(access: .create, mapSize: -1),
        EnvironmentOptions(access: .create, maximumDatabases: -1),
        EnvironmentOptions(access: .create, maximumReaders: 0),
    ])
    func `sizes and limits must be positive`(options: EnvironmentOptions) throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: LMDBError.self) {
                try Environment(path: folder, options: options)
            }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test(arguments: [EnvironmentOptions.Access.readOnly, .readOnlyWithoutLock])
    func `a read-only environment reads and refuses to write`(
        access: EnvironmentOptions.Access
    ) throws {
        try withTemporaryFolder { folder in
            try fill(folder, count: 100)
            if access == .readOnlyWithoutLock { unlink(folder + "/lock.mdb") }
            let environment = try Environment(
                path: folder, options: EnvironmentOptions(access: access, readsAhead: false))
            let table = try environment.openDatabase("t", keys: UInt64.self)
            #expect(try environment.read { try $0.count(of: table) } == 100)
            #expect { try environment.write { try $0.put([1], forKey: 1, in: table) } } throws: {
                LMDBError.Code.accessDenied ~= $0
            }
            let hasLock = FileManager.default.fileExists(atPath: folder + "/lock.mdb")
            #expect(hasLock == (access == .readOnly))
        }
    }

    @Test(arguments: [true, false])
    func `a copy holds what was committed`(compacting: Bool) throws {
        try withTemporaryFolder { folder in
            let copy = folder + "/copy"
            try FileManager.default.createDirectory(
                atPath: copy, withIntermediateDirectories: false)
            let environment = try Environment(path: folder, options: .tiny)
            let table = try environment.openDatabase("t", create: true, keys: UInt64.self)
            try environment.write { transaction in
                for key in 0..<5000 as Range<UInt64> {
                    try transaction.put([UInt8](repeating: 3, count: 100), forKey: key, in: table)
                }
            }
            try environment.write { transaction in
                for key in 100..<5000 as Range<UInt64> { try transaction.remove(key, in: table) }
            }
            try environment.copy(to: copy, compacting: compacting)
            #expect { try environment.copy(to: copy) } throws: { LMDBError.Code.fileExists ~= $0 }

            let copied = try Environment(path: copy)
            let copiedTable = try copied.openDatabase("t", keys: UInt64.self)
            #expect(try copied.read { try $0.count(of: copiedTable) } == 100)
            let pages = try (environment.info().lastPage, copied.info().lastPage)
            #expect(compacting ? pages.1 < pages.0 / 2 : pages.1 == pages.0)
        }
    }

    @Test func `statistics and state tell sizes and counts`() throws {
        try withTemporaryFolder { folder in
            let environment = try Environment(path: folder, options: .tiny)
            let table = try environment.openDatabase("t", create: true, keys: UInt64.self)
            #expect(try environment.read { try $0.statistics(of: table).depth } == 0)
            try environment.write { transaction in
                for key in 0..<1000 as Range<UInt64> {
                    try transaction.put([UInt8](repeating: 0, count: 9000), forKey: key, in: table)
                }
            }
            let statistics = try environment.read { try $0.statistics(of: table) }
            #expect(statistics.entries == 1000)
            #expect(statistics.depth == 2)
            #expect(statistics.overflowPages == 1000 * 3)
            let info = try environment.info()
            #expect(info.lastTransaction == 2)
            #expect(info.lastPage > 3000)
            #expect(info.mapSize >= info.lastPage * statistics.pageSize)
            #expect(info.maximumReaders == 126)
        }
    }
}
