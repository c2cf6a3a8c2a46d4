extension LineReader {
    /// Lends every line that is left, as bytes without the line end, and its number: for files too
    /// long to make each line a `String`. Their encoding is not checked.
    ///
    /// - Throws: what `body` throws, and `RecordError` as `next` does. Do not go on reading after an
    ///   error.
    package mutating func forEachLine(
        _ body: (UnsafeBufferPointer<UInt8>, Int) throws(RecordError) -> Void
    ) throws(RecordError) {
        while let extent = try nextLine() {
            line += 1
            let number = line
            try window.withBytes { (bytes) throws(RecordError) in
                try body(UnsafeBufferPointer(rebasing: bytes[..<extent.content]), number)
            }
            window.consume(extent.total)
        }
    }
}
