internal import Glibc

/// A conversion to UTF-8 by the system's iconv, which keeps its state from call to call.
struct TextConverter: ~Copyable {
    private let handle: iconv_t

    /// Nil when the system does not know the encoding.
    init?(from encoding: String) {
        // The value of (iconv_t)-1; iconv_open gives no null.
        guard let handle = iconv_open("UTF-8", encoding), handle != iconv_t(bitPattern: -1) else {
            return nil
        }
        self.handle = handle
    }

    deinit { iconv_close(handle) }

    /// How far a conversion has come, and why not further.
    struct Progress {
        enum Stop {
            /// All bytes are converted.
            case end
            /// The rest begins a character and does not end it.
            case incomplete
            /// The rest begins no character.
            case invalid
            /// There is no room for the next character.
            case full
        }

        /// Bytes that are converted, from the front.
        var consumed = 0
        /// Bytes of UTF-8 that have been written.
        var produced = 0
        let stop: Stop
    }

    /// Converts bytes as far as they and the room go.
    func convert(
        _ bytes: UnsafeBufferPointer<UInt8>, into room: UnsafeMutableRawBufferPointer
    ) -> Progress {
        // iconv takes a pointer to mutable bytes and does not change them.
        var input = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?
            .assumingMemoryBound(to: CChar.self)
        var output = room.baseAddress?.assumingMemoryBound(to: CChar.self)
        var inputLeft = bytes.count
        var outputLeft = room.count
        let isDone = iconv(handle, &input, &inputLeft, &output, &outputLeft) >= 0
        let stop: Progress.Stop =
            if isDone { .end } else {
                switch errno {
                case EINVAL: .incomplete
                case E2BIG: .full
                default: .invalid
                }
            }
        return Progress(
            consumed: bytes.count - inputLeft, produced: room.count - outputLeft, stop: stop)
    }

    /// Writes what the last characters have left in the state; some encodings hold a letter back
    /// until they know that no accent follows.
    ///
    /// - Returns: how many bytes of UTF-8 that were.
    func finish(into room: UnsafeMutableRawBufferPointer) -> Int {
        var output = room.baseAddress?.assumingMemoryBound(to: CChar.self)
        var outputLeft = room.count
        _ = iconv(handle, nil, nil, &output, &outputLeft)
        return room.count - outputLeft
    }
}
