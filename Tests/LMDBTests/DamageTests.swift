import Glibc
import LMDB
import TestSupport
import Testing

@Suite struct DamageTests {
    private func open(_ folder: String) throws {
        _ = try Environment(path: folder, options: EnvironmentOptions(access: .readOnly))
    }

    private func code(_ body: () throws -> Void) -> LMDBError.Code? {
        do {
            try body()
            return nil
        } catch { return (error as? LMDBError)?.code }
    }

    @Test func `a data file cut anywhere is refused`() throws {
        try withTemporaryFolder { folder in
            try fill(folder, count: 2000)
            let path = folder + "/data.mdb"
            let whole = try readFile(path)
            try open(folder)
            let sizes =
                Array(0..<300) + [511, 512, 4095, 4096, 4097, 4247, 4248, 8191, 8192, 8193]
                + Array(stride(from: 9001, to: whole.count, by: 4001)) + [whole.count - 1]
            for size in sizes {
                try writeFile(path, Array(whole[..<size]))
                #expect(code { try open(folder) } == .truncated, "\(size) bytes")
            }
            try writeFile(path, whole)
            try open(folder)
        }
    }

    @Test func `a data file that only lacks free pages at its end is whole`() throws {
        var random = SplitMix64(seed: 1)
        var shortFiles = 0
        for _ in 0..<10 {
            try withTemporaryFolder { folder in
                let (isShort, count) = try fillAtRandom(folder, &random)
                if isShort { shortFiles += 1 }
                let environment = try Environment(path: folder)
                let table = try environment.openDatabase("t", keys: UInt64.self)
                #expect(try environment.read { try $0.count(of: table) } == count)
            }
        }
        #expect(shortFiles > 0)
    }

    /// Writes until the file is shorter than its last page's number tells, which it is after some
    /// transactions that take pages at its end and give them back.
    private func fillAtRandom(
        _ folder: String, _ random: inout SplitMix64
    ) throws -> (isShort: Bool, count: Int) {
        let environment = try Environment(path: folder, options: .tiny)
        let table = try environment.openDatabase("t", create: true, keys: UInt64.self)
        var isShort = false
        for _ in 0..<60 where !isShort {
            let changes = (0..<Int.random(in: 0..<20, using: &random)).map { _ in
                let limit = Int.random(in: 0..<3, using: &random) == 0 ? 60_000 : 300
                let size = Int.random(in: -limit..<limit, using: &random)
                return (UInt64.random(in: 0..<50, using: &random), size)
            }
            try environment.write { transaction in
                for (key, size) in changes {
                    if size < 0 {
                        try transaction.remove(key, in: table)
                    } else {
                        let value = [UInt8](repeating: 1, count: size)
                        try transaction.put(value, forKey: key, in: table)
                    }
                }
            }
            let bytes = try (environment.info().lastPage + 1) * 4096
            isShort = try readFile(folder + "/data.mdb").count < bytes
        }
        return (isShort, try environment.read { try $0.count(of: table) })
    }

    @Test func `what is no LMDB file is refused`() throws {
        var random = SplitMix64(seed: 3)
        try withTemporaryFolder { folder in
            for size in [1, 151, 152, 4096, 8192, 20_000] {
                try writeFile(
                    folder + "/data.mdb",
                    (0..<size).map { _ in random.next() }.map { UInt8($0 & 255) })
                #expect(throws: LMDBError.self) { try open(folder) }
                try writeFile(folder + "/data.mdb", [UInt8](repeating: 0, count: size))
                #expect(throws: LMDBError.self) { try open(folder) }
            }
            // A pipe would make a reader wait for a writer.
            unlink(folder + "/data.mdb")
            mkfifo(folder + "/data.mdb", 0o600)
            #expect(code { try open(folder) } == .invalid)
        }
    }

    @Test(
        arguments: [
            // Offset in the file, what is put there, what that is.
            (20, [2, 0, 0, 0], "version 2", LMDBError.Code.versionMismatch),
            (16, [0], "no magic number", .invalid),
            (40, [0, 0, 0, 0], "pages of 0 bytes", .invalid),
            (40, [1, 16, 0, 0], "pages of 4097 bytes", .invalid),
            (40, [0, 0, 0, 128], "pages of 2 GB", .invalid),
            (10, [0], "no meta page", .invalid),
        ] as [(Int, [UInt8], String, LMDBError.Code)])
    func `an impossible meta page is refused`(
        offset: Int, bytes: [UInt8], _: String, expected: LMDBError.Code
    ) throws {
        try withTemporaryFolder { folder in
            try fill(folder, count: 10)
            var file = try readFile(folder + "/data.mdb")
            for page in [0, 4096] {
                file.replaceSubrange((page + offset)..<(page + offset + bytes.count), with: bytes)
            }
            try writeFile(folder + "/data.mdb", file)
            #expect(code { try open(folder) } == expected)
        }
    }

    @Test func `random bytes in the meta pages and the free list never stop the process`() throws {
        var random = SplitMix64(seed: 4)
        try withTemporaryFolder { folder in
            let path = folder + "/data.mdb"
            try fill(folder, count: 500)
            try fill(folder, count: 100)
            let whole = try readFile(path)
            var refused = 0
            for _ in 0..<400 {
                // A short file makes the check read the free list.
                var file = Array(
                    whole[..<(whole.count - 4096 * Int.random(in: 0..<3, using: &random))])
                for _ in 0..<Int.random(in: 1..<12, using: &random) {
                    let isMeta = Bool.random(using: &random)
                    let place = Int.random(in: 0..<(isMeta ? 160 : file.count), using: &random)
                    let offset = isMeta && Bool.random(using: &random) ? place + 4096 : place
                    file[offset] = UInt8.random(in: 0...255, using: &random)
                }
                try writeFile(path, file)
                if code({ try open(folder) }) != nil { refused += 1 }
            }
            #expect(refused > 200)
        }
    }
}
