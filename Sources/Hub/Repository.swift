internal import AsyncHTTPClient
internal import BiEncoder
internal import Files
internal import JSON
internal import NIOCore
internal import NIOHTTP1

/// A model on the hub at a revision.
struct Repository: Sendable {
    let connection: Connection
    let name: HubName
    /// A branch, a tag or a commit.
    let revision: String

    private var endpoint: String { connection.endpoint.text }

    /// The commit that the revision is at, and the names of its files.
    func listing() async throws -> Listing {
        let parts = ["api", "models"] + name.description.split(separator: "/").map(String.init)
        let address = try address(parts + ["revision", revision])
        // Whoever has no network need not wait for many attempts to learn it.
        let bytes = try await attempt(name.description, atMost: 2) {
            let answer = try await connection.send(.GET, address, crosses: false, subject: name.description)
            try check(answer, subject: name.description)
            do {
                return try await answer.response.body.collect(upTo: Listing.largest)
            } catch is NIOTooManyBytesError {
                throw HubError.invalidAnswer(
                    name.description, reason: "the list of files is larger than \(Listing.largest) bytes")
            }
        }
        let listing = try Listing(Array(bytes.readableBytesView), of: name)
        guard !HubCache.isCommit(revision) || listing.commit == revision else {
            throw HubError.invalidAnswer(
                name.description, reason: "asked for the commit \(revision), the hub says \(listing.commit)")
        }
        return listing
    }

    /// What the hub says of a file.
    func file(_ file: String, commit: String) async throws -> HubFile {
        let address = try address(of: file, commit: commit)
        return try await attempt(file) {
            let answer = try await connection.send(.HEAD, address, crosses: false, subject: file)
            // A redirect is to where the content of a large file is.
            if !(300..<400).contains(answer.status) { try check(answer, subject: file) }
            return try HubFile(file, answer, commit: commit)
        }
    }

    /// Fetches the content of a file, from where an earlier attempt ended.
    ///
    /// - Parameters:
    ///   - path: where it is put.
    ///   - progress: gets how many bytes are there.
    /// - Returns: how many bytes came.
    func fetch(_ file: HubFile, commit: String, to path: String, progress: (Int) -> Void) async throws -> Int {
        let address = try address(of: file.name, commit: commit)
        let blob = try IncompleteBlob(file, at: path)
        var known = blob.count
        progress(known)
        while !blob.isComplete {
            try await attempt(file.name, isNew: { defer { known = blob.count }; return blob.count > known }) {
                try await receive(file, from: address, into: blob, progress)
            }
        }
        try blob.finish()
        return blob.received
    }

    private func receive(
        _ file: HubFile, from address: Address, into blob: IncompleteBlob, _ progress: (Int) -> Void
    ) async throws {
        let start = blob.count
        let answer = try await connection.send(
            .GET, address, range: start > 0 ? start : nil, crosses: true, subject: file.name)
        if answer.status == 416, start > 0 { return try blob.restart() }
        try check(answer, subject: file.name)
        if let coding = answer["content-encoding"], coding.lowercased() != "identity" {
            throw HubError.invalidAnswer(file.name, reason: "the content is encoded as \(quoted(coding)), unasked")
        }
        if answer.status == 206, start > 0 {
            let range = answer["content-range"] ?? ""
            guard range.hasPrefix("bytes \(start)-") else {
                throw HubError.invalidAnswer(
                    file.name, reason: "Content-Range is \(quoted(range)), expected bytes from \(start) on")
            }
        } else if start > 0 {
            try blob.restart()
        }
        if let length = answer["content-length"].flatMap(Int.init), length != file.size - blob.count {
            throw blob.discarded(found: blob.count + length)
        }
        for try await part in answer.response.body {
            try part.withUnsafeReadableBytes { try blob.append($0) }
            progress(blob.count)
        }
        guard blob.isComplete else { throw blob.discarded(found: blob.count) }
    }

    private func address(_ parts: [String]) throws(HubError) -> Address {
        guard let address = connection.endpoint.appending(parts) else {
            throw .invalidAnswer(name.description, reason: "no address can be made of \(quoted("\(parts)"))")
        }
        return address
    }

    private func address(of file: String, commit: String) throws(HubError) -> Address {
        let folder = name.description.split(separator: "/").map(String.init)
        return try address(folder + ["resolve", commit] + file.split(separator: "/").map(String.init))
    }

    /// - Throws: what an answer means that is no success.
    private func check(_ answer: Answer, subject: String) throws {
        guard !answer.isSuccess else { return }
        guard !answer.isTransient else { throw Busy(answer: answer) }
        let failure = HubError.failed(subject, status: answer.status, host: answer.address.host)
        guard answer.isEndpoint else { throw failure }
        let hasToken = connection.token != nil
        let said = answer["x-error-message"].map { String($0.prefix(200)) }
        switch (answer.status, answer["x-error-code"]) {
        case (_, "RevisionNotFound"): throw HubError.noRevision(revision, model: name.description, endpoint: endpoint)
        case (_, "RepoNotFound"):
            throw HubError.noModel([name.description], endpoint: endpoint, hasToken: hasToken)
        case (404, _) where subject != name.description:
            throw HubError.invalidAnswer(subject, reason: "the hub lists the file and does not have it")
        case (_, "GatedRepo"), (403, _):
            throw HubError.refused(name.description, endpoint: endpoint, hasToken: hasToken, said: said)
        case (401, _) where hasToken: throw HubError.tokenRefused(endpoint: endpoint)
        // Without a token the hub does not tell what is private from what is not there.
        case (401, _), (404, _):
            throw HubError.noModel([name.description], endpoint: endpoint, hasToken: hasToken)
        default: throw failure
        }
    }

    /// Does something until it succeeds or has failed for good, or too often in a row without anything new.
    ///
    /// - Parameters:
    ///   - limit: how many attempts there are to reach the hub at all; nil once it has answered.
    ///   - isNew: whether the attempt that failed brought something.
    private func attempt<Value>(
        _ subject: String, atMost limit: Int? = nil, isNew: () -> Bool = { false },
        _ body: () async throws -> Value
    ) async throws -> Value {
        let patience = connection.patience
        var failures = 0
        while true {
            let failure: any Error
            do {
                return try await body()
            } catch {
                failure = error
            }
            try Task.checkCancellation()
            if Self.isFinal(failure) { throw failure }
            failures = isNew() ? 1 : failures + 1
            var delay = patience.delay(after: failures)
            if let answer = (failure as? Busy)?.answer {
                if let seconds = answer.retryAfter {
                    guard .seconds(seconds) <= patience.longestDelay else {
                        throw HubError.tooManyRequests(endpoint: endpoint, seconds: seconds)
                    }
                    delay = max(.seconds(seconds), answer.status == 429 ? .zero : delay)
                }
                // A server that says when to come again is there.
                guard failures < patience.attempts else { throw given(up: answer, subject) }
            } else if failures >= min(limit ?? .max, patience.attempts) {
                throw limit == nil ? given(up: failure, subject) : unreachable(failure)
            }
            try await Task.sleep(for: delay)
        }
    }

    private static func isFinal(_ error: any Error) -> Bool {
        error is HubError || error is FileError || error is CancellationError
    }

    private func given(up answer: Answer, _ subject: String) -> HubError {
        answer.status == 429
            ? .tooManyRequests(endpoint: endpoint, seconds: answer.retryAfter)
            : .failed(subject, status: answer.status, host: answer.address.host)
    }

    private func given(up error: any Error, _ subject: String) -> HubError {
        Transport.isWithoutConnection(error)
            ? unreachable(error) : .interrupted(subject, reason: Transport.reason(error))
    }

    private func unreachable(_ error: any Error) -> HubError {
        .unreachable(connection.endpoint.host, reason: Transport.reason(error))
    }
}

/// An answer that asks to come again.
private struct Busy: Error {
    let answer: Answer
}
