internal import Tensors
package import JSON

/// A file of named tensors, mapped, its header checked against its size before anything is read.
///
/// Format: https://github.com/huggingface/safetensors#format — eight bytes of header length
/// (little-endian), a JSON header, then the tensors' bytes, which the offsets must tile without
/// holes or overlaps.
package struct Safetensors: Sendable {
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

    /// A tensor where it stands in the file; nil when there is none of this name.
    package subscript(name: String) -> StoredTensor? {
        entries[name].map { StoredTensor(type: $0.type, shape: $0.shape, file: file, range: $0.range) }
    }
}

extension Safetensors: TensorSource {}
