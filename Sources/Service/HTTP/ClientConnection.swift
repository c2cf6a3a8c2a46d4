internal import NIOCore
internal import Synchronization

/// A client's connection, as those know it who work for the client: whether it is still there.
final class ClientConnection: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isClosed = false
        var nextWatch = 0
        var watches: [Int: @Sendable () -> Void] = [:]
    }

    /// Calls `body` when the client goes away, at once where it has gone.
    ///
    /// - Returns: what `forget` takes.
    func onClose(_ body: @escaping @Sendable () -> Void) -> Int {
        let (watch, isClosed) = state.withLock { state -> (Int, Bool) in
            state.nextWatch += 1
            if !state.isClosed { state.watches[state.nextWatch] = body }
            return (state.nextWatch, state.isClosed)
        }
        if isClosed { body() }
        return watch
    }

    func forget(_ watch: Int) { _ = state.withLock { $0.watches.removeValue(forKey: watch) } }

    func close() {
        let watches = state.withLock { state in
            state.isClosed = true
            defer { state.watches = [:] }
            return state.watches.values.map(\.self)
        }
        for watch in watches { watch() }
    }
}

/// The connections of a service by their channels.
final class ClientConnections: Sendable {
    private let connections = Mutex<[ObjectIdentifier: ClientConnection]>([:])

    subscript(channel: any Channel) -> ClientConnection? {
        get { connections.withLock { $0[ObjectIdentifier(channel)] } }
        set { connections.withLock { $0[ObjectIdentifier(channel)] = newValue } }
    }
}
