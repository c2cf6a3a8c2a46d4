import Synchronization

/// Buffers of one encoding, kept so that the next need not allocate.
struct Scratch: Sendable {
    var raw: AlignedText = []
    var rawPieces: [AddedTokenMatcher.Piece] = []
    var normalized: AlignedText = []
    var normalizedPieces: [AddedTokenMatcher.Piece] = []
    var words: [Range<Int>] = []
    var model = ModelScratch()
    var tokens = TokenList()
}

/// Lends scratch buffers to as many encodings as run at once.
final class ScratchPool: Sendable {
    private let free = Mutex<[Scratch]>([])

    /// Buffers of texts beyond this many bytes are not kept.
    private static let largestKept = 1 << 18

    /// Calls `body` with buffers of unspecified contents.
    func withScratch<Result>(for text: String, _ body: (inout Scratch) -> Result) -> Result {
        var scratch = free.withLock { $0.popLast() } ?? Scratch()
        let result = body(&scratch)
        if text.utf8.count <= Self.largestKept {
            free.withLock { $0.append(scratch) }
        }
        return result
    }
}
