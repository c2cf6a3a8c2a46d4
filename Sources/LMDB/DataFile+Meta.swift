extension DataFile {
    /// What is needed of the meta page that was committed last.
    struct Meta {
        /// Stands for the root of an empty tree (`P_INVALID`).
        static let noPage = UInt64.max

        let pageSize: Int
        let freeRoot: UInt64
        let mainRoot: UInt64
        let lastPage: UInt64
        let transaction: UInt64
    }

    /// Reads both meta pages and returns the later one, as `mdb_env_read_header` does.
    func readMeta() throws(LMDBError) -> Meta {
        let first = try readMeta(at: 0)
        let second = try readMeta(at: UInt64(first.pageSize))
        return second.transaction > first.transaction ? second : first
    }

    private func readMeta(at offset: UInt64) throws(LMDBError) -> Meta {
        let page = try read(152, at: offset)
        guard page.integer(at: 10, as: UInt16.self) & PageFlags.meta != 0,
            page.integer(at: 16, as: UInt32.self) == 0xBEEF_C0DE
        else { throw damaged(.invalid, "there is no LMDB meta page at byte \(offset)") }
        let version = page.integer(at: 20, as: UInt32.self)
        if version != 1 {
            throw damaged(.versionMismatch, "it has data version \(version), not 1")
        }
        let pageSize = Int(page.integer(at: 40, as: UInt32.self))
        guard pageSize.nonzeroBitCount == 1, (512...32_768).contains(pageSize) else {
            throw damaged(.invalid, "it has pages of \(pageSize) bytes")
        }
        let lastPage = page.integer(at: 136, as: UInt64.self)
        guard lastPage >= 1, lastPage < UInt64(Int.max) / UInt64(pageSize) else {
            throw damaged(.corrupted, "its last page is \(lastPage)")
        }
        return Meta(
            pageSize: pageSize,
            freeRoot: page.integer(at: 80, as: UInt64.self),
            mainRoot: page.integer(at: 128, as: UInt64.self),
            lastPage: lastPage,
            transaction: page.integer(at: 144, as: UInt64.self))
    }

    /// `mp_flags` of a page.
    enum PageFlags {
        static let branch: UInt16 = 0x01
        static let leaf: UInt16 = 0x02
        static let overflow: UInt16 = 0x04
        static let meta: UInt16 = 0x08
    }
}

extension [UInt8] {
    /// The little-endian integer at this offset, which the caller has checked to be within.
    func integer<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value {
        var value: Value = 0
        for index in (0..<(Value.bitWidth / 8)).reversed() {
            value = value << 8 | Value(self[offset + index])
        }
        return value
    }
}
