import CChecksums
import Checksums
import TestSupport
import Testing

/// Against RFC 3720, appendix B.4.
struct CRC32CTests {
    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(bytes.span.bytes)
        return checksum.value
    }

    @Test func `the RFC's examples`() {
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(checksum([UInt8](0..<32)) == 0x46DD_794E)
        #expect(checksum([UInt8]((0..<32).reversed())) == 0x113F_DB5C)
        #expect(checksum([UInt8]("123456789".utf8)) == 0xE306_9283)
        #expect(checksum([]) == 0)
    }

    @Test func `the same with and without the processor's instruction, whole and in parts`() {
        var random = SplitMix64(seed: 1)
        let bytes = (0..<10_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        for count in [0, 1, 7, 8, 9, 511, 1535, 1536, 1537, 1544, 3071, 3072, 9999] {
            let part = Array(bytes[..<count])
            let expected = part.withUnsafeBytes {
                cchecksums_crc32c_portable($0.baseAddress, $0.count, 0)
            }
            #expect(checksum(part) == expected)
            var inParts = CRC32C()
            inParts.update(Array(part[..<(count / 3)]).span.bytes)
            inParts.update(Array(part[(count / 3)...]).span.bytes)
            #expect(inParts.value == expected)
        }
    }
}
