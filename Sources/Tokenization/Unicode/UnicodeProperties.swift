/// What the tokenizers of Hugging Face know of each code point.
///
/// Their data mix several versions of Unicode, so Swift's own properties would disagree with them;
/// `UnicodeTables` was probed from the reference. Look-up is two loads: code points are divided
/// into blocks of 128, and equal blocks of one property are kept once.
final class UnicodeProperties: Sendable {
    /// Made at first use in about 0.1 ms.
    static let shared = UnicodeProperties()

    /// The properties of one code point.
    struct Record: Sendable {
        var flags: UnicodeFlags = []
        /// The canonical combining class: 0 for starters.
        var combiningClass: UInt8 = 0
        /// How many scalars the canonical decomposition has: 0 when there is none.
        var decompositionCount: UInt8 = 0
        var decompositionStart: UInt16 = 0
        /// How many scalars the lower case has: 0 when the code point has no other lower case.
        var lowercaseCount: UInt8 = 0
        /// One scalar, or the place of several in `UnicodeTables.lowercaseSequences`.
        var lowercase: UInt32 = 0
    }

    /// For each block of code points, which block of `recordIndices` it has.
    private let blocks: [UInt16]
    private let recordIndices: [UInt16]
    private let records: [Record]
    private let decompositions = UnicodeTables.decompositions
    private let lowercaseSequences = UnicodeTables.lowercaseSequences

    private init() {
        let builder = UnicodePropertiesBuilder()
        blocks = builder.blocks
        recordIndices = builder.recordIndices
        records = builder.records
    }

    /// The properties of a scalar below 0x110000.
    @inline(__always)
    func record(of scalar: UInt32) -> Record {
        let block = Int(blocks[Int(scalar) / UnicodePropertiesBuilder.blockSize])
        let offset = Int(scalar) % UnicodePropertiesBuilder.blockSize
        return records[Int(recordIndices[block * UnicodePropertiesBuilder.blockSize + offset])]
    }

    /// Calls `body` with each scalar of the full canonical decomposition, in order.
    ///
    /// The record is that of `scalar`. A scalar without decomposition gives itself.
    @inline(__always)
    func forEachDecomposed(_ scalar: UInt32, _ record: Record, _ body: (UInt32) -> Void) {
        if record.decompositionCount == 0 {
            Hangul.forEachDecomposed(scalar, body)
            return
        }
        let start = Int(record.decompositionStart)
        for index in start..<start + Int(record.decompositionCount) {
            body(decompositions[index])
        }
    }

    /// The full canonical decomposition of a scalar that has this record; empty when it has none.
    func decomposition(_ record: Record) -> ArraySlice<UInt32> {
        let start = Int(record.decompositionStart)
        return decompositions[start..<start + Int(record.decompositionCount)]
    }

    /// Appends the lower case of a scalar whose record is given.
    @inline(__always)
    func appendLowercased(_ scalar: AlignedScalar, _ record: Record, to text: inout AlignedText) {
        switch record.lowercaseCount {
        case 0: text.append(scalar)
        case 1: text.append(AlignedScalar(record.lowercase, origin: scalar.origin))
        default:
            let start = Int(record.lowercase)
            for value in lowercaseSequences[start..<start + Int(record.lowercaseCount)] {
                text.append(AlignedScalar(value, origin: scalar.origin))
            }
        }
    }
}

/// Yes-or-no properties, with the bits that `UnicodeTables.propertyRuns` gives them.
struct UnicodeFlags: OptionSet, Sendable {
    let rawValue: UInt8

    /// Removed by `clean_text`: control, format, private use and unassigned code points.
    static let control = UnicodeFlags(rawValue: 1)
    /// Unicode's `White_Space`.
    static let whiteSpace = UnicodeFlags(rawValue: 2)
    /// Set apart by `handle_chinese_chars`.
    static let ideograph = UnicodeFlags(rawValue: 4)
    /// General category Mn, for code points that have no canonical decomposition.
    static let nonspacingMark = UnicodeFlags(rawValue: 8)
    /// General category M, as `StripAccents` sees it.
    static let combiningMark = UnicodeFlags(rawValue: 16)
    /// ASCII punctuation or general category P.
    static let punctuation = UnicodeFlags(rawValue: 32)
    /// What `\w` matches in a regular expression.
    static let word = UnicodeFlags(rawValue: 64)
    /// Rust's `char::is_numeric`.
    static let numeric = UnicodeFlags(rawValue: 128)
}
