import CLMDB

/// The shape of a database's tree.
public struct Statistics: Sendable, Equatable {
    /// Bytes a page.
    public let pageSize: Int
    /// Levels of the tree; 0 when it is empty.
    public let depth: Int
    public let branchPages: Int
    public let leafPages: Int
    /// Pages of values that are too large for a leaf.
    public let overflowPages: Int
    /// Values: where keys have several, all of them.
    public let entries: Int

    init(_ statistics: MDB_stat) {
        pageSize = Int(statistics.ms_psize)
        depth = Int(statistics.ms_depth)
        branchPages = statistics.ms_branch_pages
        leafPages = statistics.ms_leaf_pages
        overflowPages = statistics.ms_overflow_pages
        entries = statistics.ms_entries
    }
}

/// The state of an environment.
public struct EnvironmentInfo: Sendable, Equatable {
    /// Size of the memory map in bytes.
    public let mapSize: Int
    /// The number of the last page in use, from 0; free pages among them count.
    public let lastPage: Int
    /// The number of the last commit.
    public let lastTransaction: Int
    /// How many read transactions can be live at once.
    public let maximumReaders: Int
    /// How many reader slots have been used at once, at most; 0 without a lock.
    public let readers: Int

    init(_ info: MDB_envinfo) {
        mapSize = info.me_mapsize
        lastPage = info.me_last_pgno
        lastTransaction = info.me_last_txnid
        maximumReaders = Int(info.me_maxreaders)
        readers = Int(info.me_numreaders)
    }
}
