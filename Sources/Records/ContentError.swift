/// What is wrong at an offset of a line's or row's bytes; the window says where that is in the file.
struct ContentError: Error {
    let offset: Int
    let reason: String
    /// Whether the bytes are not UTF-8, so that the file may have another encoding.
    var concernsEncoding = false
}

extension InputWindow {
    /// The error with its place in the file.
    ///
    /// - Parameters:
    ///   - bytes: the line or row that the error's offset counts in.
    ///   - firstLine: the number of the line at which the bytes start.
    func located(
        _ error: ContentError, in bytes: UnsafeBufferPointer<UInt8>, firstLine: Int
    ) -> RecordError {
        let before = bytes[..<error.offset]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return RecordError(
            path: name, line: firstLine + before.count { $0 == 0x0A },
            column: error.offset - lineStart + 1,
            reason: error.concernsEncoding ? "\(error.reason); \(encodingHint())" : error.reason)
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
        throw ContentError(
            offset: invalid, reason: "bytes that are not UTF-8", concernsEncoding: true)
    }
}
