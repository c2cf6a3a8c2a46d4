/// Which encoding a file seems to have that cannot be read in the one expected.
///
/// Decided by trial: an encoding fits when it reads a sample to the end and finds nothing in it that
/// does not stand in texts. For short texts other than Japanese that may mislead, so it is a hint
/// and never applied unasked.
struct EncodingGuess {
    /// How many bytes of a file to look at.
    static let sampleSize = 64 << 10

    /// The name of the encoding in which all samples make sense, or nil.
    ///
    /// - Parameters:
    ///   - head: the first bytes of the file; may be empty when they cannot be read again.
    ///   - further: other bytes of it that start with a character; may be empty.
    ///   - expected: the encoding in which it could not be read.
    static func name(head: [UInt8], further: [UInt8], expected: TextEncoding) -> String? {
        if let name = utf16(head.isEmpty ? further : head) {
            return expected == (try? TextEncoding(name)) ? nil : name
        }
        let samples = [head, further]
        guard samples.contains(where: { $0.contains { $0 >= 0x80 } }) else { return nil }
        // A file of UTF-8 with a few bytes damaged often can be read as Japanese, which it is not.
        if isMostlyUTF8(samples) { return expected == .utf8 ? nil : "utf-8" }
        // EUC-JP goes first: CP932 reads much of it as half-width katakana, while the first bytes of
        // most characters of CP932 are control characters in EUC-JP.
        return ["euc-jp", "cp932"].first { name in
            guard let encoding = try? TextEncoding(name), encoding != expected else { return false }
            return samples.allSatisfy { makesSense($0, in: encoding) }
        }
    }

    /// UTF-16 has a byte order mark, or gives itself away by the NULs in its ASCII characters.
    private static func utf16(_ head: [UInt8]) -> String? {
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
            return fits(head, "utf-16")
        }
        var nulls = [0, 0]
        for (offset, byte) in head.enumerated() where byte == 0 { nulls[offset % 2] += 1 }
        if nulls == [0, 0] { return nil }
        return fits(head, nulls[1] > nulls[0] ? "utf-16" : "utf-16be")
    }

    private static func fits(_ sample: [UInt8], _ name: String) -> String? {
        guard let encoding = try? TextEncoding(name) else { return nil }
        return makesSense(sample, in: encoding) ? name : nil
    }

    private static func isMostlyUTF8(_ samples: [[UInt8]]) -> Bool {
        let characters = samples.flatMap { String(decoding: $0, as: UTF8.self).unicodeScalars }
        let replaced = characters.count { $0 == "\u{FFFD}" }
        return characters.count { !$0.isASCII } >= 2 * replaced
    }

    /// Whether the encoding reads the bytes, of which the last character may be cut off, without
    /// finding control characters other than ASCII's or characters without a meaning.
    private static func makesSense(_ sample: [UInt8], in encoding: TextEncoding) -> Bool {
        guard let name = encoding.converterName, let converter = TextConverter(from: name) else {
            return false
        }
        // No byte of these encodings becomes more than four.
        var text = [UInt8](repeating: 0, count: 4 * sample.count + TextDecoder.leastRoom)
        let progress = sample.withUnsafeBufferPointer { sample in
            text.withUnsafeMutableBytes { converter.convert(sample, into: $0) }
        }
        guard progress.stop == .end || progress.stop == .incomplete else { return false }
        return String(decoding: text[..<progress.produced], as: UTF8.self).unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control: $0.isASCII && $0 != "\0"
            case .privateUse, .unassigned: false
            default: true
            }
        }
    }
}
