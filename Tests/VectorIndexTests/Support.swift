import Checksums
import VectorIndex

/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// `rows` × `dimensions` small whole numbers: inner products are exact, and many are equal.
func wholeNumbers(rows: Int, dimensions: Int, seed: UInt64) -> [Float] {
    var random = SeededGenerator(seed: seed)
    return (0..<rows * dimensions).map { _ in Float(Int.random(in: -2...2, using: &random)) }
}

/// `rows` vectors of unit length.
func unitVectors(rows: Int, dimensions: Int, seed: UInt64) -> [Float] {
    var random = SeededGenerator(seed: seed)
    return (0..<rows).flatMap { _ in
        let row = (0..<dimensions).map { _ in Float.random(in: -1...1, using: &random) }
        let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return row.map { $0 / norm }
    }
}

/// An index of any kind, trained with the vectors where it has to be.
func makeIndex(
    _ vectors: [Float], dimensions: Int, kind: String = "Flat", threads: Int? = nil
) throws -> FaissIndex {
    var builder = try FaissIndexBuilder(dimensions: dimensions, factory: kind)
    if builder.training != nil { try builder.train(vectors.span) }
    try builder.add(vectors.span)
    return builder.finish(threads: threads)
}

/// What any exact search should find: scores summed in double precision, sorted in full.
func naiveSearch(
    _ vectors: [Float], _ queries: [Float], dimensions: Int, k: Int
) -> [[(row: Int, score: Double)]] {
    func score(_ query: Int, _ row: Int) -> Double {
        (0..<dimensions).reduce(0) {
            $0 + Double(queries[query * dimensions + $1]) * Double(vectors[row * dimensions + $1])
        }
    }
    return (0..<queries.count / dimensions).map { query in
        let scored = (0..<vectors.count / dimensions).map { (row: $0, score: score(query, $0)) }
        let sorted = scored.sorted { $0.score != $1.score ? $0.score > $1.score : $0.row < $1.row }
        return Array(sorted.prefix(k))
    }
}

/// FAISS's bytes and what this package writes behind them; of version 1 is what it wrote once.
func withTrailer(_ bytes: [UInt8], generation: UInt64, version: UInt32 = 2) -> [UInt8] {
    func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
    func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var checksum = CRC32C()
        bytes.withUnsafeBytes { checksum.update($0) }
        return checksum.value
    }
    let blockSize = version == 1 ? 262_144 : 16_384
    var trailer: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: blockSize) {
        trailer += littleEndian(checksum(bytes[start..<min(start + blockSize, bytes.count)]))
    }
    trailer += littleEndian(generation) + littleEndian(UInt64(bytes.count)) + littleEndian(version)
    trailer += littleEndian(checksum(trailer[...])) + Array("KOTAEGEN".utf8)
    return bytes + trailer
}
