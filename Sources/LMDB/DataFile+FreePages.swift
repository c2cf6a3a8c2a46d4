extension DataFile {
    /// Which of these pages the free list names: pages that no tree refers to, and that need not
    /// be in the file when they are its last ones.
    ///
    /// The free list is a tree: keys are transaction numbers, values are lists of page numbers,
    /// each a count and then as many 64-bit numbers. O(pages of the free list).
    func freePages(in range: ClosedRange<UInt64>, meta: Meta) throws(LMDBError) -> Set<UInt64> {
        var free: Set<UInt64> = []
        if meta.freeRoot == Meta.noPage { return free }
        // A tree in a file of this size has fewer pages than this; more means that it has a cycle.
        var pagesLeft = try size() / meta.pageSize
        var pending = [meta.freeRoot]
        while let number = pending.popLast() {
            pagesLeft -= 1
            if pagesLeft < 0 { throw damaged(.corrupted, "its free list runs in a circle") }
            let page = try readPage(number, meta)
            let flags = page.integer(at: 10, as: UInt16.self)
            for node in try nodes(of: page, number) {
                if flags & PageFlags.branch != 0 {
                    pending.append(try child(of: page, node))
                } else if flags & PageFlags.leaf != 0 {
                    for page in try pageNumbers(in: page, node, meta) where range.contains(page) {
                        free.insert(page)
                    }
                } else {
                    throw damaged(.corrupted, "page \(number) is not a page of the free list")
                }
            }
        }
        return free
    }

    private func readPage(_ number: UInt64, _ meta: Meta) throws(LMDBError) -> [UInt8] {
        if number > meta.lastPage {
            throw damaged(.corrupted, "it refers to page \(number) of \(meta.lastPage)")
        }
        return try read(meta.pageSize, at: number * UInt64(meta.pageSize))
    }

    /// Where the nodes of a branch or leaf page start.
    private func nodes(of page: [UInt8], _ number: UInt64) throws(LMDBError) -> [Int] {
        let lower = Int(page.integer(at: 12, as: UInt16.self))
        guard lower >= 16, lower % 2 == 0, lower <= page.count else {
            throw damaged(.corrupted, "page \(number) has an impossible header")
        }
        let nodes = stride(from: 16, to: lower, by: 2).map {
            Int(page.integer(at: $0, as: UInt16.self))
        }
        guard nodes.allSatisfy({ $0 >= lower && $0 + 8 <= page.count }) else {
            throw damaged(.corrupted, "page \(number) has a node outside of it")
        }
        return nodes
    }

    /// The page that a node of a branch page leads to: 48 bits in three parts.
    private func child(of page: [UInt8], _ node: Int) throws(LMDBError) -> UInt64 {
        UInt64(page.integer(at: node, as: UInt32.self))
            | UInt64(page.integer(at: node + 4, as: UInt16.self)) << 32
    }

    /// The page numbers in the value of a leaf node, which may lie on pages of its own.
    private func pageNumbers(
        in page: [UInt8], _ node: Int, _ meta: Meta
    ) throws(LMDBError) -> [UInt64] {
        let size = Int(page.integer(at: node, as: UInt32.self))
        let isLarge = page.integer(at: node + 4, as: UInt16.self) & 0x01 != 0
        let start = node + 8 + Int(page.integer(at: node + 6, as: UInt16.self))
        let end = start + (isLarge ? 8 : size)
        guard end <= page.count else {
            throw damaged(.corrupted, "a node of the free list is longer than its page")
        }
        if !isLarge { return try pageNumbers(in: page[start..<end]) }

        let first = page.integer(at: start, as: UInt64.self)
        let header = try readPage(first, meta)
        let length = UInt64(header.integer(at: 12, as: UInt32.self)) * UInt64(meta.pageSize)
        guard header.integer(at: 10, as: UInt16.self) & PageFlags.overflow != 0,
            UInt64(size) + 16 <= length, first + length / UInt64(meta.pageSize) - 1 <= meta.lastPage
        else { throw damaged(.corrupted, "page \(first) is not the value that it should be") }
        return try pageNumbers(in: read(size, at: first * UInt64(meta.pageSize) + 16)[...])
    }

    private func pageNumbers(in list: ArraySlice<UInt8>) throws(LMDBError) -> [UInt64] {
        let words = Array(list)
        guard words.count >= 8, words.count % 8 == 0,
            words.integer(at: 0, as: UInt64.self) <= UInt64(words.count / 8 - 1)
        else { throw damaged(.corrupted, "a value of the free list has an impossible size") }
        let count = Int(words.integer(at: 0, as: UInt64.self))
        return (0..<count).map { words.integer(at: 8 + 8 * $0, as: UInt64.self) }
    }
}
