import Dispatch
import FoundationEssentials
import Glibc
import LMDB
import Testing

/// Exit tests run their body in a process of its own, which stands for any other program here.
@Suite struct ProcessTests {
    /// A new empty folder, which the test removes.
    private func makeFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "kotae-test-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func `a folder that cannot be written to opens without a lock only`() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try fill(folder, count: 10)
        unlink(folder + "/lock.mdb")
        chmod(folder, 0o555)
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            try #require(dropPrivileges())
            for access in [EnvironmentOptions.Access.readWrite, .readOnly] {
                #expect {
                    try Environment(path: folder, options: EnvironmentOptions(access: access))
                } throws: { LMDBError.Code.accessDenied ~= $0 }
            }
            let environment = try Environment(
                path: folder, options: EnvironmentOptions(access: .readOnlyWithoutLock))
            let table = try environment.openDatabase("t", keys: UInt64.self)
            #expect(try environment.read { try $0.count(of: table) } == 10)
        }
    }

    @Test func `what another process grows and writes is read here`() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try fill(folder, count: 10)
        let environment = try Environment(path: folder, options: .tiny)
        let table = try environment.openDatabase("t", keys: UInt64.self)
        let before = try environment.info().mapSize
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            try fill(folder, count: 5000)
        }
        #expect(try environment.read { try $0.count(of: table) } == 5000)
        #expect(try environment.info().mapSize > before)
        try environment.write { try $0.put([1], forKey: 9999, in: table) }
        #expect(try environment.read { try $0.count(of: table) } == 5001)
    }

    @Test func `a new map size waits for the end of an outer transaction`() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try fill(folder, count: 10)
        let environment = try Environment(path: folder, options: .tiny)
        let table = try environment.openDatabase("t", keys: UInt64.self)
        let (begun, grown) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let outcome = withCheckedContinuation { continuation in
            DispatchQueue(label: "reader").async {
                let outcome = Result {
                    try environment.read { outer in
                        begun.signal()
                        grown.wait()
                        let error = #expect(throws: LMDBError.self) {
                            try environment.read { _ in }
                        }
                        #expect(error?.code == .mapResized)
                        return try outer.count(of: table)
                    }
                }
                continuation.resume(returning: outcome)
            }
        }
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "wait").async {
                begun.wait()
                continuation.resume()
            }
        }
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            try fill(folder, count: 5000)
        }
        grown.signal()
        #expect(try await outcome.get() == 10)
        #expect(try environment.read { try $0.count(of: table) } == 5000)
    }

    @Test func `the reader slot of a process that died is cleared`() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try fill(folder, count: 10)
        // Keeps the lock file in use, so that the next opening does not simply make it anew.
        let environment = try Environment(path: folder)
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            try Environment(path: folder).read { _ in
                _ = kill(getpid(), SIGKILL)
            }
        }
        #expect(try environment.clearStaleReaders() == 1)
        #expect(try environment.clearStaleReaders() == 0)
    }

    @Test func `opening clears the reader slots of processes that died`() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try fill(folder, count: 10)
        let environment = try Environment(path: folder)
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            try Environment(path: folder).read { _ in
                _ = kill(getpid(), SIGKILL)
            }
        }
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            _ = try Environment(path: folder)
        }
        #expect(try environment.clearStaleReaders() == 0)
    }

    @Test func `a writer that died leaves neither its changes nor its lock`() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try fill(folder, count: 10)
        let environment = try Environment(path: folder)
        let table = try environment.openDatabase("t", keys: UInt64.self)
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            let environment = try Environment(path: folder)
            let table = try environment.openDatabase("t", keys: UInt64.self)
            try environment.write { transaction in
                try transaction.removeAll(in: table)
                _ = kill(getpid(), SIGKILL)
            }
        }
        #expect(try environment.write { try $0.count(of: table) } == 10)
    }

    @Test(arguments: [1, 2, 5])
    func `a reader without a lock is told when its snapshot may be lost`(writes: Int) async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try fill(folder, count: 10)
        let environment = try Environment(
            path: folder, options: EnvironmentOptions(access: .readOnlyWithoutLock))
        let (begun, written) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let outcome = withCheckedContinuation { continuation in
            DispatchQueue(label: "reader").async {
                let outcome = Result {
                    try environment.read { _ in
                        begun.signal()
                        written.wait()
                    }
                }
                continuation.resume(returning: outcome)
            }
        }
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "wait").async {
                begun.wait()
                continuation.resume()
            }
        }
        await #expect(processExitsWith: .success) {
            [folder = folder as String, writes = writes as Int] in
            for _ in 0..<writes {
                let environment = try Environment(path: folder)
                let table = try environment.openDatabase("t", keys: UInt64.self)
                try environment.write { try $0.put([1], forKey: 1, in: table) }
            }
        }
        written.signal()
        switch await outcome {
        case .success: #expect(writes == 1)
        case .failure(let error):
            #expect(writes > 1)
            #expect(LMDBError.Code.snapshotLost ~= error)
        }
    }
}
