import JSON
import TestSupport
import Testing
import Tokenization

@Suite struct `A compiled tokenizer` {
    private static let key = String(repeating: "0123456789abcdef", count: 4)

    private static func compiled(_ variant: String) throws -> [UInt8] {
        let json = try Reference.json(variant)
        return try Tokenizer(json: json, path: variant).compiled(from: json, key: key)
    }

    /// The tokenizer in bytes, which it keeps.
    private static func opened(_ bytes: [UInt8], key: String = key) -> Tokenizer? {
        let memory = AlignedBytes(bytes)
        return Tokenizer(compiled: memory.bytes, key: key, owner: memory, path: "compiled")
    }

    @Test(arguments: Reference.variants)
    func `equals the parsed one`(variant: String) throws {
        let parsed = try Reference.tokenizer(variant)
        let compiled = try #require(try Self.opened(Self.compiled(variant)))
        #expect(compiled.stages == parsed.stages)
        #expect(compiled.vocabularySize == parsed.vocabularySize)
        for id in -1...Int32(parsed.vocabularySize) {
            let token = parsed.token(of: id)
            #expect(compiled.token(of: id).map { Array($0.utf8) } == token.map { Array($0.utf8) })
            if let token { #expect(compiled.id(of: token) == parsed.id(of: token)) }
        }
        for expected in try Reference.cases(variant) {
            let encoding = compiled.encode(expected.text, maximumLength: expected.maximumLength)
            #expect(encoding.ids == expected.ids, "\(expected.text.debugDescription)")
            #expect(encoding.typeIDs == expected.typeIDs, "\(expected.text.debugDescription)")
            #expect(encoding.offsets == expected.offsets, "\(expected.text.debugDescription)")
            #expect(compiled.normalized(expected.text) == parsed.normalized(expected.text))
        }
    }

    @Test func `is refused under another key`() throws {
        let bytes = try Self.compiled("uncased")
        #expect(Self.opened(bytes) != nil)
        #expect(Self.opened(bytes, key: String(repeating: "0", count: 64)) == nil)
        #expect(Self.opened(bytes, key: "") == nil)
    }

    @Test func `is refused when it is cut off or goes on`() throws {
        let bytes = try Self.compiled("uncased")
        for count in [0, 1, 15, 127, 128, 129, bytes.count / 2, bytes.count - 1] {
            #expect(Self.opened(Array(bytes[..<count])) == nil, "\(count) bytes")
        }
        #expect(Self.opened(bytes + [0]) == nil)
        #expect(Self.opened(bytes + bytes) == nil)
    }

    @Test func `is refused when a bit has changed, wherever`() throws {
        let bytes = try Self.compiled("bert-processing")
        var places = Array(0..<144)
        places += stride(from: 144, to: bytes.count, by: 97)
        places.append(bytes.count - 1)
        for place in places {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            #expect(Self.opened(damaged) == nil, "byte \(place)")
        }
    }

    /// Where sizes and sections stand.
    private enum Place {
        static let sizes = 80
        static let slots = 128
    }

    /// Bytes with a right checksum over whatever `change` has made of them.
    private static func forged(_ variant: String, _ change: (inout [UInt8]) -> Void) throws -> [UInt8] {
        var bytes = try compiled(variant)
        change(&bytes)
        let checksum = crc32c(bytes[16...])
        for index in 0..<4 { bytes[12 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index)) }
        return bytes
    }

    @Test func `is refused when its parts contradict each other, though the checksum is right`() throws {
        #expect(try Self.opened(Self.forged("uncased") { _ in }) != nil)
        func size(_ section: Int, _ bytes: [UInt8]) -> Int {
            (0..<8).reduce(0) { $0 | Int(bytes[Place.sizes + 8 * section + $1]) << (8 * $1) }
        }
        func setSize(_ section: Int, _ value: Int, _ bytes: inout [UInt8]) {
            for index in 0..<8 {
                bytes[Place.sizes + 8 * section + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
            }
        }
        let forgeries: [(String, (inout [UInt8]) -> Void)] = [
            ("a section beyond the end", { setSize(4, size(4, $0) + 1, &$0) }),
            ("a negative size", { setSize(0, -16, &$0) }),
            ("half as many slots", { bytes in
                let slots = size(0, bytes)
                setSize(0, slots - 16, &bytes)
                setSize(3, size(3, bytes) + 16, &bytes)
            }),
            ("no free slot", { bytes in
                for slot in stride(from: Place.slots, to: Place.slots + size(0, bytes), by: 16) {
                    bytes[slot] |= 1
                }
            }),
            ("a token beyond the vocabulary", { bytes in bytes[Place.slots + 14] = 1; bytes[Place.slots + 15] = 0 }),
            ("ids out of order", { bytes in
                let ids = Place.slots + size(0, bytes)
                bytes[ids] = 0xFF
            }),
            ("a negative id", { bytes in
                let ids = Place.slots + size(0, bytes)
                bytes[ids + 3] = 0x80
            }),
            ("texts that end before they begin", { bytes in
                let ends = Place.slots + size(0, bytes) + size(1, bytes)
                bytes[ends + 3] = 0x7F
            }),
            ("a last text that ends elsewhere", { bytes in
                let texts = Place.slots + size(0, bytes) + size(1, bytes) + size(2, bytes)
                bytes[texts - 4] ^= 1
            }),
            ("JSON that is none", { bytes in bytes[bytes.count - 1] = UInt8(ascii: "x") }),
        ]
        for (name, change) in forgeries {
            #expect(try Self.opened(Self.forged("uncased", change)) == nil, "\(name)")
        }
    }
}

/// Bytes at an address that is a multiple of 16.
private final class AlignedBytes: @unchecked Sendable {
    // Sendable: written in init alone.
    let bytes: UnsafeRawBufferPointer

    init(_ values: [UInt8]) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: values.count, alignment: 16)
        memory.copyBytes(from: values)
        bytes = UnsafeRawBufferPointer(memory)
    }

    deinit { bytes.deallocate() }
}

/// CRC-32C, bit by bit.
private func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { crc, byte in
        (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1) * 0x82F6_3B78 }
    }
}
