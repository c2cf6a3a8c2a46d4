/// What is wrong at an offset of a line's or row's bytes; `located` says where that is in the file.
struct ContentError: Error {
    let offset: Int
    let reason: String

    /// - Parameters:
    ///   - bytes: the line or row that the offset counts in.
    ///   - firstLine: the number of the line at which the bytes start.
    func located(
        in bytes: UnsafeBufferPointer<UInt8>, path: String, firstLine: Int
    ) -> RecordError {
        let before = bytes[..<offset]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return RecordError(
            path: path, line: firstLine + before.count { $0 == 0x0A },
            column: offset - lineStart + 1, reason: reason)
    }
}

extension String {
    /// - Parameter offset: where the bytes start in the line or row, for the error.
    init(checking bytes: UnsafeBufferPointer<UInt8>, at offset: Int) throws(ContentError) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self = text
            return
        }
        var invalid = offset
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            invalid += error.byteOffsets.lowerBound
        }
        let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        let found = isUTF16 ? "UTF-16" : "bytes that are not UTF-8"
        throw ContentError(offset: invalid, reason: "\(found); save the file as UTF-8")
    }
}
