import JSON
import TestSupport
import Testing
import Tokenization

@Suite struct `Tokenizers compared with the reference` {
    @Test(arguments: Reference.variants)
    func `give its ids, types and offsets`(variant: String) throws {
        let tokenizer = try Reference.tokenizer(variant)
        let cases = try Reference.cases(variant)
        #expect(cases.count > 50)
        for expected in cases {
            let encoding = tokenizer.encode(
                expected.text, maximumLength: expected.maximumLength)
            #expect(encoding.ids == expected.ids, "\(expected.text.debugDescription)")
            #expect(encoding.typeIDs == expected.typeIDs, "\(expected.text.debugDescription)")
            #expect(encoding.offsets == expected.offsets, "\(expected.text.debugDescription)")
        }
    }

    @Test(arguments: Reference.variants, [nil, 0, 1, 2, 3, 7])
    func `give the same ids without offsets`(variant: String, maximumLength: Int?) throws {
        let tokenizer = try Reference.tokenizer(variant)
        var ids: [Int32] = [-7]
        var expectedIDs: [Int32] = [-7]
        for expected in try Reference.cases(variant) {
            let encoding = tokenizer.encode(expected.text, maximumLength: maximumLength)
            let cut = tokenizer.encodeIDs(
                expected.text, maximumLength: maximumLength, into: &ids)
            #expect(cut == encoding.cut.count)
            expectedIDs += encoding.ids
        }
        #expect(ids == expectedIDs)
    }

    @Test func `normalize every code point like it`() throws {
        let path = Reference.path("normalization", "json")
        let checksums = try #require(JSONValue(parsing: read(path)).object)
        #expect(checksums.members.count == 5)
        for (variant, blocks) in checksums.members {
            let tokenizer = try Reference.tokenizer(variant)
            let expected = try #require(blocks.array).map(\.integer)
            #expect(expected.count == 0x110)
            for (block, expected) in expected.enumerated() {
                var text = String.UnicodeScalarView()
                for scalar in (block << 12..<(block + 1) << 12).compactMap(Unicode.Scalar.init) {
                    for part in ["a", scalar, "\u{327}", "\u{316}", scalar, "b"] {
                        text.append(part)
                    }
                }
                let normalized = tokenizer.normalized(String(text))
                #expect(crc32(normalized.utf8) == expected, "\(variant), block \(block)")
            }
        }
    }
}

/// The checksum of zlib's `crc32`.
private func crc32(_ bytes: some Sequence<UInt8>) -> Int {
    let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc >> 1 ^ (crc & 1) * 0xEDB8_8320 }
    }
    let crc = bytes.reduce(~UInt32(0)) { crc, byte in
        crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
    }
    return Int(~crc)
}
