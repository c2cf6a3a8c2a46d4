/// The files of a zip archive that are stored as they are, without compression, by their names.
/// PKWARE's APPNOTE.TXT, with ZIP64.
struct ZipArchive {
    /// Where each file's bytes are in the archive.
    let entries: [String: Range<Int>]

    /// - Throws: `ModelError` when the archive is damaged or compressed.
    init(_ file: MappedFile) throws(ModelError) {
        let bytes = Bytes(bytes: file.bytes)
        func refuse(_ reason: String) -> ModelError { ModelError(file.path, reason) }
        guard let directory = Self.directory(bytes) else {
            throw refuse("this is no zip archive, or it has been cut off")
        }
        var entries: [String: Range<Int>] = [:]
        var place = directory.start
        for number in 0..<directory.count {
            guard let entry = Entry(bytes, at: place) else { throw refuse("entry \(number) of the zip archive is damaged") }
            guard !entry.isCompressed else {
                throw refuse("\"\(entry.name)\" is compressed; a checkpoint of PyTorch is not")
            }
            guard let range = entry.content(bytes), entries.updateValue(range, forKey: entry.name) == nil else {
                throw refuse("entry \(number) of the zip archive, \"\(entry.name)\", is damaged or there twice")
            }
            place = entry.end
        }
        self.entries = entries
    }

    /// The central directory: its first byte, and how many entries it has.
    private static func directory(_ bytes: Bytes) -> (start: Int, count: Int)? {
        // The end record is the last thing but for a comment of up to 65,535 bytes.
        let last = bytes.count - 22
        guard last >= 0 else { return nil }
        guard let end = (max(0, last - 65_535)...last).reversed().first(where: { bytes.u32($0) == 0x0605_4B50 }),
            let count = bytes.u16(end + 10), let start = bytes.u32(end + 16)
        else { return nil }
        guard count == 0xFFFF || start == 0xFFFF_FFFF else { return (start, count) }
        // ZIP64: a locator before the end record says where the long end record is.
        guard bytes.u32(end - 20) == 0x0706_4B50, let long = bytes.u64(end - 12),
            bytes.u32(long) == 0x0606_4B50, let count = bytes.u64(long + 32), let start = bytes.u64(long + 48)
        else { return nil }
        return (start, count)
    }

    /// An entry of the central directory.
    private struct Entry {
        let name: String
        let isCompressed: Bool
        let end: Int
        private let size: Int
        private let header: Int

        init?(_ bytes: Bytes, at place: Int) {
            guard bytes.u32(place) == 0x0201_4B50, let method = bytes.u16(place + 10),
                var packed = bytes.u32(place + 20), var size = bytes.u32(place + 24),
                let nameLength = bytes.u16(place + 28), let extraLength = bytes.u16(place + 30),
                let commentLength = bytes.u16(place + 32), var header = bytes.u32(place + 42),
                let name = bytes.range(place + 46, nameLength)
            else { return nil }
            let extra = name.upperBound
            end = extra + extraLength + commentLength
            var field = extra
            while field + 4 <= extra + extraLength {
                guard let tag = bytes.u16(field), let length = bytes.u16(field + 2) else { return nil }
                var value = field + 4
                // ZIP64: the numbers that did not fit, in this order.
                if tag == 1 {
                    if size == 0xFFFF_FFFF { guard let long = bytes.u64(value) else { return nil }; size = long; value += 8 }
                    if packed == 0xFFFF_FFFF { guard let long = bytes.u64(value) else { return nil }; packed = long; value += 8 }
                    if header == 0xFFFF_FFFF { guard let long = bytes.u64(value) else { return nil }; header = long }
                }
                field += 4 + length
            }
            self.name = String(decoding: bytes.bytes[name], as: UTF8.self)
            isCompressed = method != 0 || packed != size
            self.size = size
            self.header = header
        }

        /// Behind the entry's own header, whose names and extra fields may be longer than here.
        func content(_ bytes: Bytes) -> Range<Int>? {
            guard bytes.u32(header) == 0x0403_4B50, let nameLength = bytes.u16(header + 26),
                let extraLength = bytes.u16(header + 28)
            else { return nil }
            return bytes.range(header + 30 + nameLength + extraLength, size)
        }
    }

    /// Little-endian numbers at places that may lie beyond the end.
    private struct Bytes {
        let bytes: UnsafeRawBufferPointer

        var count: Int { bytes.count }

        func range(_ start: Int, _ length: Int) -> Range<Int>? {
            guard start >= 0, length >= 0, start <= count, length <= count - start else { return nil }
            return start..<start + length
        }

        private func number<N: FixedWidthInteger>(_ place: Int, _ type: N.Type) -> Int? {
            guard range(place, MemoryLayout<N>.size) != nil else { return nil }
            return Int(exactly: N(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: type)))
        }

        func u16(_ place: Int) -> Int? { number(place, UInt16.self) }
        func u32(_ place: Int) -> Int? { number(place, UInt32.self) }
        func u64(_ place: Int) -> Int? { number(place, UInt64.self) }
    }
}
