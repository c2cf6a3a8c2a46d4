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
        places += stride(from: 144, to: bytes.count, by: 1009)
        places.append(bytes.count - 1)
        for place in places {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            #expect(Self.opened(damaged) == nil, "byte \(place)")
        }
    }

    /// The places of sections, by their numbers.
    private enum Section {
        static let ids = 0
        static let ends = 1
        static let texts = 2
        /// Of WordPiece.
        static let slots = 3
        /// Of Unigram.
        static let scores = 3
        /// Of BPE.
        static let merges = 4
    }

    /// Where the sizes of the sections stand.
    private static let sizes = 88

    private static func number(_ place: Int, _ bytes: [UInt8]) -> Int {
        (0..<8).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    private static func setNumber(_ place: Int, _ value: Int, _ bytes: inout [UInt8]) {
        for index in 0..<8 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }

    /// The bytes of a section.
    private static func section(_ section: Int, _ bytes: [UInt8]) -> Range<Int> {
        var start = sizes + 8 * number(sizes - 8, bytes)
        for index in 0...section {
            start = (start + 15) / 16 * 16
            let size = number(sizes + 8 * index, bytes)
            if index == section { return start..<start + size }
            start += size
        }
        return 0..<0
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
        func change(_ section: Int, _ place: Int, _ value: UInt8) -> (inout [UInt8]) -> Void {
            { bytes in bytes[Self.section(section, bytes).lowerBound + place] = value }
        }
        func shorten(_ section: Int, by size: Int) -> (inout [UInt8]) -> Void {
            { bytes in
                let place = Self.sizes + 8 * section
                Self.setNumber(place, Self.number(place, bytes) - size, &bytes)
            }
        }
        let forgeries: [(String, String, (inout [UInt8]) -> Void)] = [
            ("uncased", "a section beyond the end", shorten(4, by: -1)),
            ("uncased", "a negative size", { Self.setNumber(Self.sizes, -16, &$0) }),
            ("uncased", "no sections", { Self.setNumber(Self.sizes - 8, 0, &$0) }),
            ("uncased", "more sections than bytes", { Self.setNumber(Self.sizes - 8, 1 << 60, &$0) }),
            ("uncased", "not a power of two of slots", shorten(Section.slots, by: 16)),
            (
                "uncased", "no free slot",
                { bytes in
                    let slots = Self.section(Section.slots, bytes)
                    for slot in stride(from: slots.lowerBound, to: slots.upperBound, by: 16) {
                        bytes[slot] |= 1
                    }
                }
            ),
            ("uncased", "a token beyond the vocabulary", change(Section.slots, 14, 1)),
            ("uncased", "ids out of order", change(Section.ids, 0, 0xFF)),
            ("uncased", "a negative id", change(Section.ids, 3, 0x80)),
            ("uncased", "texts that end before they begin", change(Section.ends, 3, 0x7F)),
            ("uncased", "a last text that ends elsewhere", shorten(Section.texts, by: 1)),
            ("xlm-roberta", "a score too few", shorten(Section.scores, by: 8)),
            ("xlm-roberta", "half a score", shorten(Section.scores, by: 4)),
            ("roberta", "a merge into what is no token", change(Section.merges, 15, 0x7F)),
            ("roberta", "not a power of two of merges", shorten(Section.merges, by: 16)),
            ("uncased", "JSON that is none", { $0[$0.count - 1] = UInt8(ascii: "x") }),
        ]
        for (variant, name, change) in forgeries {
            #expect(try Self.opened(Self.forged(variant) { _ in }) != nil)
            #expect(try Self.opened(Self.forged(variant, change)) == nil, "\(variant), \(name)")
        }
    }

    @Test(arguments: ["xlm-roberta", "roberta", "llama"])
    func `leads nowhere else than to other tokens when units are damaged`(variant: String) throws {
        var generator = SeededGenerator(seed: 8)
        let text = "How do I rese\u{301}t ｶﾞ my 漢字 password? <unk>"
        for _ in 0..<300 {
            let bytes = try Self.forged(variant) { bytes in
                // Any of the tables after the texts, character maps included.
                let count = Self.number(Self.sizes - 8, bytes)
                let section = Int.random(in: Section.scores..<count - 1, using: &generator)
                let range = Self.section(section, bytes)
                for _ in 0..<100 {
                    guard let place = range.randomElement(using: &generator) else { return }
                    bytes[place] = .random(in: 0...255, using: &generator)
                }
            }
            // It may be refused. If it is not, it gives tokens, whichever.
            guard let tokenizer = Self.opened(bytes) else { continue }
            #expect(tokenizer.encode(text, maximumLength: nil).ids.count < 1000)
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
