import Glibc
import JSON
public import LMDB

#if _endian(big)
    #error("Stores are read in place, and their numbers are little-endian.")
#endif

/// The documents, vectors and mappings of an index folder, in one LMDB environment.
///
/// The article "Layout" describes the tables, which other programs may read in place.
///
/// A store may be shared by all threads. Reading happens in `read`, over one snapshot; writing in
/// `write`, as one durable commit. As with `Environment`, whose rules hold here too, a process can
/// open a folder once only, and its closures neither wait for transactions of other threads nor,
/// when they write, count on being called once.
public final class EmbeddingStore: Sendable {
    /// The format that this version writes, and the newest that it reads.
    public static let formatVersion = 2
    /// The largest number of dimensions.
    public static let maximumDimensions = 65_536
    /// The address space that is reserved for the map; it grows when the data does not fit.
    public static let defaultMapSize = 16 << 30

    /// The folder, as it was given.
    public let folder: String
    /// How many numbers a vector has.
    public let dimensions: Int
    /// For tables of other modules in the same folder, and for copies.
    public let environment: Environment

    let tables: StoreTables

    /// Makes an empty store, in one commit.
    ///
    /// - Parameters:
    ///   - folder: Made when it is missing, but not the folders above it. It may hold other files.
    ///   - dimensions: From 1 to `maximumDimensions`.
    ///   - mapSize: See `EnvironmentOptions.mapSize`.
    /// - Throws: `StoreError`; its reason is `exists` when the folder holds data of LMDB.
    public static func create(
        at folder: String, dimensions: Int, mapSize: Int = defaultMapSize
    ) throws(StoreError) -> EmbeddingStore {
        guard (1...maximumDimensions).contains(dimensions) else {
            throw StoreError(
                .invalid, folder: folder,
                "a store has 1 to \(maximumDimensions) dimensions, not \(dimensions)")
        }
        if mkdir(folder, 0o777) != 0, errno != EEXIST {
            let cause = LMDBError(
                code: .init(rawValue: errno), operation: "make the folder", subject: folder)
            throw StoreError(cause, folder: folder)
        }
        return try asStoreError(folder) {
            let environment = try Environment(
                path: folder, options: options(.create, mapSize: mapSize))
            let tables = try environment.write { transaction in
                guard try transaction.databaseNames().isEmpty else {
                    throw StoreError(.exists, folder: folder, "there is a data.mdb with data in it")
                }
                let tables = try StoreTables(creatingIn: &transaction)
                for (name, number) in [
                    (MetaName.format, formatVersion), (MetaName.dimensions, dimensions),
                ] {
                    let text = JSONValue.integer(number).description
                    let value = name.withKeyBytes { Seal.sealed(text.utf8.span.bytes, key: $0) }
                    try transaction.put(value, forKey: name, in: tables.meta)
                }
                return tables
            }
            return EmbeddingStore(environment, tables, dimensions)
        }
    }

    /// Opens the store in a folder.
    ///
    /// For reading, a folder that cannot be written to is opened without a lock; then nobody may
    /// write to it meanwhile, and a read during which somebody did ends in an error
    /// (`LMDBError.Code.snapshotLost`).
    ///
    /// - Throws: `StoreError`; its reason is `missing` when there is no store, `newerFormat` when
    ///   it is too new, `olderFormat` when it is too old, `damaged` when its description of itself is, `database` when LMDB refuses,
    ///   as for a file that is cut short.
    public convenience init(
        opening folder: String, writable: Bool = false, mapSize: Int = defaultMapSize
    ) throws(StoreError) {
        let (environment, tables, dimensions) = try Self.asStoreError(folder) {
            let environment = try Self.openEnvironment(folder, writable: writable, mapSize)
            let meta: Database<String>
            do {
                meta = try environment.openDatabase(StoreTable.meta.rawValue)
            } catch LMDBError.Code.notFound {
                throw StoreError(.missing, folder: folder, "there is LMDB data, but no index in it")
            }
            let dimensions = try environment.read { transaction in
                try Self.checkFormat(transaction, meta, folder)
            }
            return (environment, try StoreTables(opening: environment, meta: meta), dimensions)
        }
        self.init(environment, tables, dimensions)
    }

    private init(_ environment: Environment, _ tables: StoreTables, _ dimensions: Int) {
        self.environment = environment
        self.tables = tables
        self.dimensions = dimensions
        folder = environment.path
    }

    /// Whether writers of other processes are kept from disturbing readers of this one.
    public var usesLock: Bool { environment.options.access != .readOnlyWithoutLock }

    private static func options(
        _ access: EnvironmentOptions.Access, mapSize: Int
    ) -> EnvironmentOptions {
        // Room for the tables of other modules beside these.
        EnvironmentOptions(access: access, mapSize: mapSize, maximumDatabases: 32)
    }

    private static func openEnvironment(
        _ folder: String, writable: Bool, _ mapSize: Int
    ) throws -> Environment {
        do throws(LMDBError) {
            return try Environment(
                path: folder, options: options(writable ? .readWrite : .readOnly, mapSize: mapSize))
        } catch {
            let isClosed = [.accessDenied, .notPermitted, .readOnlyFileSystem].contains(error.code)
            if isClosed, !writable {
                return try Environment(
                    path: folder, options: options(.readOnlyWithoutLock, mapSize: mapSize))
            }
            if error.code == .noSuchFile {
                throw StoreError(
                    .missing, folder: folder, "there is no index: no data.mdb", cause: error)
            }
            throw error
        }
    }

    private static func checkFormat(
        _ transaction: borrowing ReadTransaction, _ meta: Database<String>, _ folder: String
    ) throws -> Int {
        func number(_ name: String) throws -> Int {
            let text = try transaction.withValue(forKey: name, in: meta) { value in
                // Format 1 had no checksums.
                if name == MetaName.format, value.byteCount == 1 { return String(keyBytes: value) }
                let isIntact = name.withKeyBytes { Seal.isIntact(value, key: $0) }
                return isIntact ? String(keyBytes: value.extracting(droppingLast: Seal.byteCount)) : nil
            }
            guard let text, let number = text.flatMap({ Int($0) }), number > 0 else {
                throw StoreError(
                    .damaged, folder: folder, table: .meta, key: name, "is no positive number")
            }
            return number
        }
        let format = try number(MetaName.format)
        if format > formatVersion {
            throw StoreError(
                .newerFormat(format), folder: folder,
                "the index has format \(format), and this program reads up to \(formatVersion): "
                    + "a newer program is needed")
        }
        if format < formatVersion {
            throw StoreError(
                .olderFormat(format), folder: folder,
                "the index has format \(format), from an earlier Kotae: remove the folder's index and "
                    + "build it again")
        }
        let dimensions = try number(MetaName.dimensions)
        if dimensions > maximumDimensions {
            throw StoreError(
                .damaged, folder: folder, table: .meta, key: MetaName.dimensions,
                "is more than \(maximumDimensions)")
        }
        return dimensions
    }

    /// Passes `StoreError` on and makes one of whatever else LMDB throws.
    static func asStoreError<Result>(
        _ folder: String, _ body: () throws -> Result
    ) throws(StoreError) -> Result {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as LMDBError {
            throw StoreError(error, folder: folder)
        } catch {
            throw StoreError(.database, folder: folder, "\(error)")
        }
    }
}
