public import LMDB

/// Why a store could not do what it was asked to.
public struct StoreError: Error, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        /// The folder holds no store.
        case missing
        /// The folder holds a store, or another LMDB environment, already.
        case exists
        /// The store was written by a newer program, in the format of this number.
        case newerFormat(Int)
        /// The store was written by an earlier program, in the format of this number.
        case olderFormat(Int)
        /// A record on disk is not what it should be.
        case damaged
        /// The caller gave something that the store does not take.
        case invalid
        /// LMDB or the system refused; see `cause`.
        case database
    }

    public let reason: Reason
    public let folder: String
    /// The table concerned.
    public let table: String?
    /// The key concerned: a number, a name, or bytes in hexadecimal. Never a user's text.
    public let key: String?
    public let detail: String
    public let cause: LMDBError?

    init(
        _ reason: Reason, folder: String, table: StoreTable? = nil, key: String? = nil,
        _ detail: String, cause: LMDBError? = nil
    ) {
        self.reason = reason
        self.folder = folder
        self.table = table?.rawValue
        self.key = key
        self.detail = detail
        self.cause = cause
    }

    init(_ cause: LMDBError, folder: String, table: StoreTable? = nil, key: String? = nil) {
        let detail = "cannot \(cause.operation): \(cause.message)"
        self.init(
            .database, folder: folder, table: table, key: key,
            detail + (cause.detail.map { "; \($0)" } ?? ""), cause: cause)
    }

    public var description: String {
        // LMDB's error names the file or table itself.
        if table == nil, reason == .database, let cause { return cause.description }
        let place = [
            folder, table.map { "table \($0)" }, key.map { "key \($0)" },
        ].compactMap(\.self)
        return "\(place.joined(separator: ", ")): \(detail)"
    }
}
