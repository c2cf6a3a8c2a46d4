internal import BiEncoder
internal import Files
internal import FoundationEssentials
internal import JSON
internal import Synchronization

/// Fetches a sentence encoder from the hub into the cache.
public struct ModelPull: Sendable {
    private let settings: HubSettings
    /// Held while a file is written whose temporary name other pulls of this process use too.
    private static let writing = Mutex(())

    public init(_ settings: HubSettings) { self.settings = settings }

    /// Fetches what is not in the cache yet. The model is in the cache whole or not at all; what an interrupted pull
    /// has fetched is not fetched again.
    ///
    /// - Parameters:
    ///   - model: `ORG/NAME`, or a bare name: `sentence-transformers/NAME` then, or else the model NAME that has no
    ///     organisation.
    ///   - revision: a branch, a tag or a commit; nil for `main`.
    ///   - progress: called while bytes come.
    /// - Throws: `HubError`, and `FileError` for what cannot be written.
    public func pull(
        _ model: String, revision: String? = nil, progress: @Sendable (PullProgress) -> Void = { _ in }
    ) async throws -> PulledModel {
        let names = HubName.candidates(for: model)
        guard !names.isEmpty else { throw HubError.wrongName(model) }
        let revision = revision ?? "main"
        guard isInnerPath(revision) else { throw HubError.wrongRevision(revision) }
        guard !settings.isOffline else { throw HubError.offline }
        let connection = try Connection(settings)
        do {
            let pulled = try await pull(names, revision, connection, progress)
            try await connection.close()
            return pulled
        } catch {
            try? await connection.close()
            throw error
        }
    }

    private func pull(
        _ names: [HubName], _ revision: String, _ connection: Connection, _ progress: (PullProgress) -> Void
    ) async throws -> PulledModel {
        for name in names.dropLast() {
            do {
                return try await pull(Repository(connection: connection, name: name, revision: revision), progress)
            } catch HubError.noModel {
                continue
            }
        }
        do {
            return try await pull(
                Repository(connection: connection, name: names[names.count - 1], revision: revision), progress)
        } catch HubError.noModel(_, let endpoint, let hasToken) {
            throw HubError.noModel(names.map(\.description), endpoint: endpoint, hasToken: hasToken)
        }
    }

    private func pull(_ repository: Repository, _ progress: (PullProgress) -> Void) async throws -> PulledModel {
        let listing = try await repository.listing()
        var transfer = Transfer(repository: repository, commit: listing.commit, cache: settings.cache)
        let names = try await ModelFiles.choose(from: listing, of: repository.name) {
            try await transfer.content(of: $0)
        }
        let files = try await transfer.missing(names)
        try await transfer.fetch(files, progress)
        // Only now, with all content there and safe, does the model appear.
        try transfer.snapshot.link(files)
        try note(listing.commit, as: repository.revision, of: repository.name)
        return PulledModel(
            name: repository.name, commit: listing.commit, folder: transfer.snapshot.path, files: names,
            fetched: transfer.fetched)
    }

    /// Writes down which commit a branch or tag is at.
    private func note(_ commit: String, as revision: String, of name: HubName) throws {
        guard revision != commit else { return }
        let path = "\(settings.cache.folder(of: name))/refs/\(revision)"
        if let known = FileManager.default.contents(atPath: path), known.elementsEqual(commit.utf8) { return }
        try makeFolder(DurableFile.parent(of: path))
        try Self.writing.withLock { _ in try DurableFile.write(commit, to: path) }
    }
}
