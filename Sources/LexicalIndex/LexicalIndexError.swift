package import LMDB

/// Why a keyword index could not do what it was asked to.
package struct LexicalIndexError: Error, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        /// The environment holds no keyword index.
        case missing
        /// The index was written by a newer program, in the format of this number.
        case newerFormat(UInt32)
        /// A record on disk is not what it should be, or disagrees with another.
        case damaged
        /// The caller gave something that the index does not take.
        case invalid
        /// LMDB or the system refused; see `cause`.
        case database
    }

    package let reason: Reason
    /// The environment's folder.
    package let folder: String
    /// The table concerned.
    package let table: String?
    /// The key concerned: a number, a name, or the length of a term. Never a user's text.
    package let key: String?
    package let detail: String
    package let cause: LMDBError?

    init(
        _ reason: Reason, folder: String, table: LexicalTable? = nil, key: String? = nil,
        _ detail: String, cause: LMDBError? = nil
    ) {
        self.reason = reason
        self.folder = folder
        self.table = table?.rawValue
        self.key = key
        self.detail = detail
        self.cause = cause
    }

    /// Wraps what LMDB has thrown.
    init(_ cause: LMDBError, folder: String) {
        self.init(.database, folder: folder, cause.description, cause: cause)
    }

    package var description: String {
        // LMDB's error names the file or table itself.
        if reason == .database, let cause { return cause.description }
        let place = [
            folder, table.map { "table \($0)" }, key.map { "key \($0)" },
        ].compactMap(\.self)
        return "\(place.joined(separator: ", ")): \(detail)"
    }

    /// Passes `LexicalIndexError` on and makes one of whatever else is thrown.
    static func wrapping<Result>(
        _ folder: String, _ body: () throws -> Result
    ) throws(LexicalIndexError) -> Result {
        do {
            return try body()
        } catch let error as LexicalIndexError {
            throw error
        } catch let error as LMDBError {
            throw LexicalIndexError(error, folder: folder)
        } catch {
            throw LexicalIndexError(.database, folder: folder, "\(error)")
        }
    }
}
