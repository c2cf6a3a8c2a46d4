internal import FoundationEssentials

/// A matrix of float32 from a file that NumPy's `save` has written.
public struct NumPyFile {
    public let rows: Int
    public let columns: Int
    /// rows × columns numbers, row-major.
    public let values: [Float]

    public struct Malformed: Error {
        public let path: String
    }

    public init(_ path: String) throws {
        let bytes = try Data(contentsOf: URL(filePath: path))
        guard bytes.count > 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]) else {
            throw Malformed(path: path)
        }
        let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
        let header = String(decoding: bytes[10..<start], as: UTF8.self)
        let shape = header.split(separator: "(").last?.split(separator: ")").first ?? ""
        let sizes = shape.split(separator: ",").compactMap {
            Int($0.filter { $0.isNumber })
        }
        guard header.contains("'<f4'"), header.contains("'fortran_order': False"), sizes.count == 2,
            bytes.count - start == 4 * sizes[0] * sizes[1]
        else { throw Malformed(path: path) }
        rows = sizes[0]
        columns = sizes[1]
        values = bytes.dropFirst(start).withUnsafeBytes { raw in
            (0..<sizes[0] * sizes[1]).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }

    public subscript(row: Int) -> ArraySlice<Float> { values[row * columns..<(row + 1) * columns] }
}
