import CLMDB

/// What LMDB, or the system beneath it, refused to do.
///
/// A code serves as a pattern: `catch LMDBError.Code.mapFull { … }`.
public struct LMDBError: Error, Equatable, CustomStringConvertible {
    public let code: Code
    /// What was asked for, as a verb: "open", "put", "commit".
    public let operation: String
    /// The environment's folder, or the folder and the database in it.
    public let subject: String
    /// What is known beyond the message, such as a cause or a remedy.
    public let detail: String?

    public init(code: Code, operation: String, subject: String, detail: String? = nil) {
        self.code = code
        self.operation = operation
        self.subject = subject
        self.detail = detail
    }

    /// LMDB's own words for the code (`mdb_strerror`), or the system's for an `errno`.
    public var message: String {
        code.ownMessage ?? String(cString: mdb_strerror(code.rawValue))
    }

    public var description: String {
        "\(subject): cannot \(operation): \(message)" + (detail.map { "; \($0)" } ?? "")
    }
}

extension LMDBError {
    /// Calls into LMDB and throws what it returns unless that is `MDB_SUCCESS`.
    static func check(
        _ status: Int32, _ operation: String, _ subject: @autoclosure () -> String,
        detail: String? = nil
    ) throws(LMDBError) {
        if status != MDB_SUCCESS {
            throw LMDBError(
                code: Code(rawValue: status), operation: operation, subject: subject(),
                detail: detail)
        }
    }
}
