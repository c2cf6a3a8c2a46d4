package import Tensors
package import JSON

/// A file of named tensors, mapped, its header checked against its size before anything is read.
///
/// Format: https://github.com/huggingface/safetensors#format — eight bytes of header length
/// (little-endian), a JSON header, then the tensors' bytes, which the offsets must tile without
/// holes or overlaps.
package struct Safetensors: Sendable {
    package enum ElementType: String, Sendable {
        case f64 = "F64", f32 = "F32", f16 = "F16", bf16 = "BF16"
        case i64 = "I64", i32 = "I32", i16 = "I16", i8 = "I8"
        case u64 = "U64", u32 = "U32", u16 = "U16", u8 = "U8", bool = "BOOL"

        var size: Int {
            switch self {
            case .f64, .i64, .u64: 8
            case .f32, .i32, .u32: 4
            case .f16, .bf16, .i16, .u16: 2
            case .i8, .u8, .bool: 1
            }
        }
    }

    package struct Entry: Sendable {
        package let type: ElementType
        package let shape: [Int]
        /// Where its bytes stand in the file.
        package let range: Range<Int>
    }

    /// The largest header that is read, as in the reference implementation.
    static let maximumHeader = 100_000_000

    package let file: MappedFile
    package let entries: [String: Entry]
    /// What else the header says, usually strings.
    package let metadata: JSONObject

    package var path: String { file.path }

    package init(contentsOf path: String) throws(ModelError) {
        let file = try MappedFile(path)
        self.file = file
        let bytes = file.bytes
        guard bytes.count >= 8 else {
            throw ModelError(path, "\(bytes.count) bytes are too few for a safetensors file")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(Self.maximumHeader), length <= UInt64(bytes.count - 8) else {
            throw ModelError(
                path, "the header is said to have \(length) bytes, the file has \(bytes.count)")
        }
        let dataStart = 8 + Int(length)
        let header: JSONValue
        do {
            header = try JSONValue(
                parsing: bytes[8..<dataStart].withMemoryRebound(to: UInt8.self) { $0 })
        } catch {
            throw ModelError(path, "the header is not JSON: \(error)")
        }
        guard let members = header.object?.members else {
            throw ModelError(path, "the header is \(header.kind), not an object")
        }
        var entries: [String: Entry] = [:]
        for (name, value) in members where name != "__metadata__" {
            let entry = try Self.entry(name, value, dataStart: dataStart, path: path)
            guard entries.updateValue(entry, forKey: name) == nil else {
                throw ModelError(path, "the tensor \"\(name)\" stands in the header twice")
            }
        }
        self.entries = entries
        metadata = header["__metadata__"]?.object ?? [:]
        try Self.checkTiling(entries, from: dataStart, to: bytes.count, path: path)
    }

    private static func entry(
        _ name: String, _ value: JSONValue, dataStart: Int, path: String
    ) throws(ModelError) -> Entry {
        func refuse(_ reason: String) -> ModelError { ModelError(path, "tensor \"\(name)\": \(reason)") }
        guard let dtype = value["dtype"]?.string else { throw refuse("the dtype is missing") }
        guard let type = ElementType(rawValue: dtype) else {
            throw refuse("the dtype \(dtype) is not known")
        }
        guard let shape = integers(value["shape"]), shape.allSatisfy({ $0 >= 0 }) else {
            throw refuse("the shape is not a list of whole numbers")
        }
        var size = type.size
        for dimension in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw refuse("the shape \(shape) is too large for any file") }
            size = product
        }
        guard let offsets = integers(value["data_offsets"]), offsets.count == 2, offsets[0] >= 0,
            offsets[1] >= offsets[0], offsets[1] <= Int.max - dataStart
        else { throw refuse("data_offsets are not two ascending whole numbers") }
        guard offsets[1] - offsets[0] == size else {
            throw refuse(
                "a \(dtype) of shape \(shape) needs \(size) bytes, data_offsets give it "
                    + "\(offsets[1] - offsets[0])")
        }
        return Entry(
            type: type, shape: shape, range: dataStart + offsets[0]..<dataStart + offsets[1])
    }

    private static func integers(_ value: JSONValue?) -> [Int]? {
        guard let elements = value?.array else { return nil }
        let integers = elements.compactMap(\.integer)
        return integers.count == elements.count ? integers : nil
    }

    /// The tensors must fill the rest of the file side by side.
    private static func checkTiling(
        _ entries: [String: Entry], from start: Int, to end: Int, path: String
    ) throws(ModelError) {
        var position = start
        let sorted = entries.sorted {
            ($0.value.range.lowerBound, $0.value.range.upperBound)
                < ($1.value.range.lowerBound, $1.value.range.upperBound)
        }
        for (name, entry) in sorted {
            guard entry.range.upperBound <= end else {
                throw ModelError(
                    path,
                    "tensor \"\(name)\" ends at byte \(entry.range.upperBound) but the file has "
                        + "\(end) bytes: it may have been cut off")
            }
            guard entry.range.lowerBound == position else {
                throw ModelError(
                    path,
                    "tensor \"\(name)\" starts at byte \(entry.range.lowerBound), not where the "
                        + "tensor before it ends, at \(position)")
            }
            position = entry.range.upperBound
        }
        guard position == end else {
            throw ModelError(path, "\(end - position) bytes after the last tensor")
        }
    }

    /// The numbers of one tensor as f32: in place when they are stored so, else widened.
    ///
    /// - Throws: `ModelError` when the tensor is missing, has another shape, or another type than
    ///   F32, F16 and BF16.
    package func parameter(_ name: String, shape: [Int]) throws(ModelError) -> Parameter {
        guard let entry = entries[name] else {
            throw ModelError(path, "the tensor \"\(name)\" is missing")
        }
        guard entry.shape == shape else {
            throw ModelError(
                path, "tensor \"\(name)\" has the shape \(entry.shape), expected \(shape)")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
        switch entry.type {
        case .f32:
            if Int(bitPattern: bytes.baseAddress).isMultiple(of: 4) {
                return Parameter(
                    shape: shape, lending: bytes.assumingMemoryBound(to: Float.self), owner: file)
            }
            return Parameter(shape: shape) { UnsafeMutableRawBufferPointer($0).copyMemory(from: bytes) }
        case .f16, .bf16:
            // Copied first, because a header's length need not keep two-byte alignment.
            let bits = [UInt16](unsafeUninitializedCapacity: bytes.count / 2) { buffer, count in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
                count = bytes.count / 2
            }
            return bits.withUnsafeBufferPointer { bits in
                entry.type == .f16
                    ? Parameter(shape: shape, wideningF16: bits)
                    : Parameter(shape: shape, wideningBF16: bits)
            }
        default:
            throw ModelError(
                path, "tensor \"\(name)\" is stored as \(entry.type.rawValue); F32, F16 and BF16 are read")
        }
    }
}
