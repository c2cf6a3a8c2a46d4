internal import BiEncoder
internal import Files
internal import FoundationEssentials
internal import JSON

/// The content of a model's files at a commit on its way into the cache.
struct Transfer {
    let repository: Repository
    let commit: String
    let snapshot: Snapshot
    /// The bytes that came over the network.
    private(set) var fetched = 0

    private let blobs: String
    private let locks: String
    /// What the hub said of files so far.
    private var described: [String: HubFile] = [:]

    init(repository: Repository, commit: String, cache: HubCache) {
        self.repository = repository
        self.commit = commit
        snapshot = Snapshot(path: cache.snapshot(of: repository.name, commit: commit))
        blobs = cache.folder(of: repository.name) + "/blobs"
        locks = cache.locks(of: repository.name)
    }

    /// The content of a small JSON file, fetched if need be.
    mutating func content(of name: String) async throws -> JSONValue {
        var path = "\(snapshot.path)/\(name)"
        if !snapshot.holds(name) {
            let file = try await description(of: name)
            guard file.size <= Listing.largest else {
                throw HubError.invalidAnswer(
                    name, reason: "has \(file.size) bytes, expected at most \(Listing.largest)")
            }
            path = self.path(of: file)
            try await fetch([file]) { _ in }
        }
        do {
            return try JSONValue(parsing: FileManager.default.contents(atPath: path) ?? Data())
        } catch {
            throw HubError.invalidAnswer(name, reason: "is no JSON: \(error)")
        }
    }

    /// The files that the snapshot does not have.
    mutating func missing(_ names: [String]) async throws -> [HubFile] {
        var files: [HubFile] = []
        for name in names where !snapshot.holds(name) { files.append(try await description(of: name)) }
        return files
    }

    /// Fetches the content that is not there.
    mutating func fetch(_ files: [HubFile], _ progress: (PullProgress) -> Void) async throws {
        var seen: Set<String> = []
        let files = files.filter { !isThere(path(of: $0)) && seen.insert($0.etag).inserted }
        guard !files.isEmpty else { return }
        try makeFolder(blobs)
        try makeFolder(locks)
        let total = files.reduce(0) { $0 + $1.size }
        var done = 0
        for file in files {
            let lock = try await BlobLock(at: "\(locks)/\(file.etag).lock")
            // Another process may have fetched it while it held the lock.
            if !isThere(path(of: file)) {
                fetched += try await repository.fetch(file, commit: commit, to: path(of: file)) { count in
                    progress(PullProgress(file: file.name, done: done + count, total: total))
                }
            }
            done += file.size
            withExtendedLifetime(lock) {}
        }
    }

    private func path(of file: HubFile) -> String { "\(blobs)/\(file.etag)" }

    private mutating func description(of name: String) async throws -> HubFile {
        if let file = described[name] { return file }
        let file = try await repository.file(name, commit: commit)
        described[name] = file
        return file
    }
}
