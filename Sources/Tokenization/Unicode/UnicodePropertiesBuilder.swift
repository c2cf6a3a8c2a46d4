/// Unpacks `UnicodeTables` into the tables that `UnicodeProperties` looks up.
struct UnicodePropertiesBuilder {
    typealias Record = UnicodeProperties.Record

    /// How many code points share one entry of `blocks`.
    static let blockSize = 128
    private static let codePoints = 0x11_0000
    /// The first records stand for the combinations of flags; code points with more have their own.
    private static let flagCombinations = 256

    private(set) var blocks: [UInt16]
    private(set) var recordIndices: [UInt16]
    private(set) var records: [Record]
    /// Whether a block of code points has entries that no other block shares.
    private var isOwn: [Bool]
    /// For each combination of flags the block, in `recordIndices`, that has it everywhere.
    private var uniformBlocks: [UInt16?]

    init() {
        let blockCount = Self.codePoints / Self.blockSize
        blocks = Array(repeating: 0, count: blockCount)
        isOwn = Array(repeating: false, count: blockCount)
        recordIndices = Array(repeating: 0, count: Self.blockSize)
        records = (0..<Self.flagCombinations).map {
            Record(flags: UnicodeFlags(rawValue: UInt8($0)))
        }
        uniformBlocks = Array(repeating: nil, count: Self.flagCombinations)
        uniformBlocks[0] = 0
        readFlags()
        readCombiningClasses()
        readLowercase()
        readDecompositions()
    }

    private mutating func readFlags() {
        Self.forEachRun(UnicodeTables.propertyRuns) { range, flags in
            var next = range.lowerBound
            while next < range.upperBound {
                let blockEnd = (next / Self.blockSize + 1) * Self.blockSize
                if next % Self.blockSize == 0, blockEnd <= range.upperBound {
                    blocks[next / Self.blockSize] = uniformBlock(of: UInt16(flags))
                    next = blockEnd
                } else {
                    let end = min(blockEnd, range.upperBound)
                    let start = ownIndex(of: next)
                    for index in start..<start + (end - next) {
                        recordIndices[index] = UInt16(flags)
                    }
                    next = end
                }
            }
        }
    }

    private mutating func readCombiningClasses() {
        Self.forEachRun(UnicodeTables.combiningClassRuns) { range, combiningClass in
            for codePoint in range {
                modify(codePoint) { $0.combiningClass = combiningClass }
            }
        }
    }

    private mutating func readLowercase() {
        let runs = UnicodeTables.lowercaseRuns
        for index in stride(from: 0, to: runs.count, by: 3) {
            let (step, count) = (runs[index + 1] >> 16, runs[index + 1] & 0xFFFF)
            for position in 0..<count {
                let codePoint = runs[index] + position * step
                modify(Int(codePoint)) { record in
                    record.lowercaseCount = 1
                    record.lowercase = codePoint &+ runs[index + 2]
                }
            }
        }
        Self.forEachSequence(UnicodeTables.lowercaseSequences) { codePoint, sequence in
            modify(codePoint) { record in
                record.lowercaseCount = UInt8(sequence.count)
                record.lowercase = UInt32(sequence.lowerBound)
            }
        }
    }

    private mutating func readDecompositions() {
        Self.forEachSequence(UnicodeTables.decompositions) { codePoint, sequence in
            modify(codePoint) { record in
                record.decompositionCount = UInt8(sequence.count)
                record.decompositionStart = UInt16(sequence.lowerBound)
            }
        }
    }

    private static func forEachRun(
        _ runs: [UInt32], _ body: (_ codePoints: Range<Int>, _ value: UInt8) -> Void
    ) {
        for (index, run) in runs.enumerated() where run & 0xFF != 0 {
            let end = index + 1 < runs.count ? Int(runs[index + 1] >> 8) : codePoints
            body(Int(run >> 8)..<end, UInt8(run & 0xFF))
        }
    }

    private static func forEachSequence(
        _ sequences: [UInt32], _ body: (_ codePoint: Int, _ sequence: Range<Int>) -> Void
    ) {
        var position = 0
        while position < sequences.count {
            let start = position + 1
            let end = start + Int(sequences[position] & 0xFF)
            body(Int(sequences[position] >> 8), start..<end)
            position = end
        }
    }

    private mutating func uniformBlock(of flags: UInt16) -> UInt16 {
        if let block = uniformBlocks[Int(flags)] { return block }
        let block = UInt16(recordIndices.count / Self.blockSize)
        recordIndices.append(contentsOf: repeatElement(flags, count: Self.blockSize))
        uniformBlocks[Int(flags)] = block
        return block
    }

    /// The place in `recordIndices` of a code point, in a block that no other shares.
    private mutating func ownIndex(of codePoint: Int) -> Int {
        let number = codePoint / Self.blockSize
        if !isOwn[number] {
            let shared = Int(blocks[number]) * Self.blockSize
            blocks[number] = UInt16(recordIndices.count / Self.blockSize)
            isOwn[number] = true
            recordIndices.append(contentsOf: recordIndices[shared..<shared + Self.blockSize])
        }
        return Int(blocks[number]) * Self.blockSize + codePoint % Self.blockSize
    }

    /// Changes the record of one code point alone.
    private mutating func modify(_ codePoint: Int, _ body: (inout Record) -> Void) {
        let index = ownIndex(of: codePoint)
        var record = Int(recordIndices[index])
        if record < Self.flagCombinations {
            records.append(records[record])
            record = records.count - 1
            recordIndices[index] = UInt16(record)
        }
        body(&records[record])
    }
}
