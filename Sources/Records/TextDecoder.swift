/// Turns bytes that come in pieces into UTF-8, in memory of a fixed size.
final class TextDecoder {
    /// The room that any step can make use of, in bytes: more than the UTF-8 of what one character
    /// of any encoding stands for.
    static let leastRoom = 32

    let encoding: TextEncoding
    /// How many bytes of the file have been converted.
    private(set) var offset = 0
    /// How many line feeds there were among the characters.
    private(set) var lineFeeds = 0
    private let converter: TextConverter
    /// Bytes of the file, of which `start..<end` are still to be converted.
    private var bytes: [UInt8]
    private var start = 0
    private var end = 0

    /// - Parameter size: how many bytes of the file to hold at most.
    /// - Returns: nil when the encoding is UTF-8 or the system does not know it.
    init?(_ encoding: TextEncoding, size: Int) {
        guard let name = encoding.converterName, let converter = TextConverter(from: name) else {
            return nil
        }
        self.encoding = encoding
        self.converter = converter
        // No encoding has characters of more bytes, their escape sequences included.
        bytes = [UInt8](repeating: 0, count: max(size, 16))
    }

    enum Step {
        /// That many bytes of UTF-8, at least one.
        case text(Int)
        /// Nothing, until there are more bytes.
        case needsBytes
        /// Nothing, because the next bytes begin no character.
        case invalid
    }

    /// Converts some of the bytes that are there.
    ///
    /// - Parameter room: at least `leastRoom` bytes.
    func step(into room: UnsafeMutableRawBufferPointer) -> Step {
        let progress = bytes.withUnsafeBufferPointer { bytes in
            converter.convert(UnsafeBufferPointer(rebasing: bytes[start..<end]), into: room)
        }
        start += progress.consumed
        offset += progress.consumed
        if progress.produced > 0 {
            lineFeeds += room[..<progress.produced].count { $0 == 0x0A }
            return .text(progress.produced)
        }
        return progress.stop == .invalid ? .invalid : .needsBytes
    }

    /// Takes more bytes.
    ///
    /// - Parameter read: writes bytes into a buffer that is not empty and returns how many.
    /// - Returns: what `read` does.
    func fill(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        let (first, count) = (start, end - start)
        let size = bytes.withUnsafeMutableBytes { bytes in
            // The range lies within the bytes; copyMemory allows it to overlap its destination.
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[first..<(first + count)]))
            // A step leaves less than a character behind, so there is room.
            return read(UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
        }
        start = 0
        end = count + max(size, 0)
        return size
    }

    /// Converts what the state still holds; to be called after the last step.
    ///
    /// - Parameter room: at least `leastRoom` bytes.
    /// - Returns: how many bytes of UTF-8 that were, possibly none.
    func finish(into room: UnsafeMutableRawBufferPointer) -> Int {
        converter.finish(into: room)
    }

    /// The next byte to be converted, nil when there is none.
    var nextByte: UInt8? { start < end ? bytes[start] : nil }

    /// The bytes from the start of the file on, as long as they are all here.
    var head: ArraySlice<UInt8> { offset == start ? bytes[..<end] : [] }
}
