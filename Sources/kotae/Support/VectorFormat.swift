import ArgumentParser
import Dispatch
import Glibc
import JSON
import Synchronization

/// How vectors are written.
enum VectorFormat: String, ExpressibleByArgument, CaseIterable {
    /// One JSON array of numbers a line.
    case json
    /// NumPy's format, version 1.0: a matrix of little-endian float32.
    case npy
    /// The numbers alone: little-endian float32, row after row.
    case raw
}

/// Writes rows of vectors in one of the formats to a file or to standard output.
///
/// A file takes its name only when everything is written and `finish` is called.
struct VectorWriter {
    private let format: VectorFormat
    private let output: OutputFile
    private let dimensions: Int
    private var rows = 0

    /// Whether the number of rows was known from the start.
    private let knowsRows: Bool

    /// - Parameter rows: how many there will be, where that is known; npy can go to a pipe then.
    init(format: VectorFormat, path: String?, dimensions: Int, rows: Int? = nil) throws {
        self.format = format
        self.dimensions = dimensions
        knowsRows = rows != nil
        output = try OutputFile(path: path)
        if format != .json {
            if output.isTerminal {
                throw ValidationError("\(format.rawValue) is not for a terminal; use --output FILE")
            }
            if format == .npy {
                guard knowsRows || output.isSeekable else {
                    throw ValidationError("npy says its length at its start; use --output FILE, not a pipe")
                }
                try output.write(header(rows: rows ?? 0))
            }
        }
    }

    /// Appends rows: n × dimensions numbers.
    mutating func write(_ values: [Float]) throws {
        rows += values.count / max(dimensions, 1)
        switch format {
        case .json: try output.write(Self.json(values, dimensions: dimensions))
        case .npy, .raw: try values.withUnsafeBytes { try output.write($0) }
        }
    }

    /// Completes the file and gives it its name.
    mutating func finish() throws {
        if format == .npy, !knowsRows { try output.rewriteStart(header(rows: rows)) }
        try output.finish()
    }

    /// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0. The
    /// length of the header does not depend on the number of rows.
    private func header(rows: Int) -> [UInt8] {
        let count = padded("\(rows), \(dimensions)), }", to: 40)
        let dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + count
        let length = (10 + dictionary.utf8.count + 1 + 63) / 64 * 64 - 10
        let text = padded(dictionary, to: length - 1) + "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
            + Array(text.utf8)
    }

    /// A line a row, made on all processors.
    private static func json(_ values: [Float], dimensions: Int) -> [UInt8] {
        let rows = values.count / max(dimensions, 1)
        let shareCount = max(1, min(rows / 64, 16))
        let shares = Mutex([[UInt8]](repeating: [], count: shareCount))
        DispatchQueue.concurrentPerform(iterations: shareCount) { share in
            var bytes: [UInt8] = []
            for row in rows * share / shareCount..<rows * (share + 1) / shareCount {
                JSONValue.append(values[row * dimensions..<(row + 1) * dimensions], to: &bytes)
                bytes.append(UInt8(ascii: "\n"))
            }
            shares.withLock { $0[share] = bytes }
        }
        return shares.withLock { Array($0.joined()) }
    }
}
