import BiEncoder
import Tensors
import TestSupport
import Testing

@Suite struct `Safetensors files` {
    /// A file with this header and this many bytes after it.
    private func file(_ header: String, data: Int) -> [UInt8] {
        let length = UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
            + [UInt8](repeating: 1, count: data)
    }

    private func read(_ bytes: [UInt8]) throws -> Safetensors {
        try withTemporaryFolder { folder in
            try write(bytes, to: "\(folder)/model.safetensors")
            return try Safetensors(contentsOf: "\(folder)/model.safetensors")
        }
    }

    @Test func `give their tensors by name and shape`() throws {
        let header = #"""
            {"__metadata__": {"format": "pt"}, "b": {"dtype": "F32", "shape": [2, 1], "data_offsets": [4, 12]},
             "a": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]}}
            """#
        let tensors = try read(file(header, data: 12))
        #expect(tensors.entries.keys.sorted() == ["a", "b"])
        #expect(try tensors.parameter("b", shape: [2, 1]).count == 2)
        #expect(try tensors.parameter("a", shape: [2]).count == 2)
        for (name, shape) in [("a", [1, 2]), ("b", [2]), ("c", [2])] {
            #expect(throws: ModelError.self) { try tensors.parameter(name, shape: shape) }
        }
    }

    static let refusals: [(String, String, Int)] = [
        (#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}"#, "cut off", 7),
        (#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}"#, "after the last", 9),
        (#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}"#, "needs 8 bytes", 4),
        (#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#, "starts at byte", 8),
        (#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [8, 4]}}"#, "ascending", 8),
        (#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}"#, "ascending", 8),
        (#"{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}"#, "whole numbers", 4),
        (#"{"a": {"dtype": "F32", "shape": [1.5], "data_offsets": [0, 4]}}"#, "whole numbers", 4),
        (
            #"{"a": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 4]}}"#,
            "too large", 4
        ),
        (#"{"a": {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]}}"#, "F99", 4),
        (#"{"a": {"shape": [1], "data_offsets": [0, 4]}}"#, "dtype is missing", 4),
        (#"{"a": 3}"#, "dtype is missing", 4),
        (#"[1]"#, "not an object", 4),
        (#"{"a""#, "not JSON", 4),
        (
            #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"#,
            "starts at byte", 4
        ),
        (
            #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#,
            "twice", 8
        ),
    ]

    @Test(arguments: refusals)
    func `are refused when the header does not fit the file`(
        header: String, reason: String, data: Int
    ) throws {
        let error = #expect(throws: ModelError.self) { try read(file(header, data: data)) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }

    @Test func `are refused when the header's length is a lie`() {
        for length: UInt64 in [UInt64.max, 1 << 62, 100, 99_999_999] {
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + [0x7B, 0x7D]
            #expect(throws: ModelError.self) { try read(bytes) }
        }
        for count in 0..<8 {
            #expect(throws: ModelError.self) { try read([UInt8](repeating: 0, count: count)) }
        }
    }
}
