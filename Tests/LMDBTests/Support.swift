import FoundationEssentials
import Glibc
import LMDB

extension EnvironmentOptions {
    /// A map that a few hundred small values fill.
    static var tiny: EnvironmentOptions { EnvironmentOptions(access: .create, mapSize: 1 << 16) }
}

/// Makes an environment with a table "t" of `count` values of 100 bytes, and closes it.
func fill(_ folder: String, count: UInt64) throws {
    let environment = try Environment(path: folder, options: .tiny)
    let table = try environment.openDatabase("t", create: true, keys: UInt64.self)
    try environment.write { transaction in
        for key in 0..<count {
            try transaction.put(
                [UInt8](repeating: UInt8(key % 251), count: 100), forKey: key, in: table)
        }
    }
}

func readFile(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}

func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: path))
}

/// How many descriptors of this process are open on files in a folder.
func openDescriptors(under folder: String) -> Int {
    (0..<4096).count { descriptor in
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/fd/\(descriptor)", &buffer, buffer.count)
        guard length > 0 else { return false }
        let target = buffer[..<length].map { UInt8(bitPattern: $0) }
        return String(decoding: target, as: UTF8.self).hasPrefix(folder)
    }
}

/// Makes this process one that permissions bind, which the superuser is not; for good.
func dropPrivileges() -> Bool {
    geteuid() != 0 || (setgid(65_534) == 0 && setuid(65_534) == 0)
}
