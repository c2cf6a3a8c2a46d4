internal import FoundationEssentials

/// The path of a file or folder under `Tests/Fixtures`.
public func fixture(_ path: String, file: StaticString = #filePath) -> String {
    let here = URL(filePath: "\(file)")
    return here.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures").appending(path: path).path(percentEncoded: false)
}

/// Gives `body` a new empty folder that is gone afterwards.
public func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "kotae-test-\(UUID().uuidString)").path(percentEncoded: false)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}
