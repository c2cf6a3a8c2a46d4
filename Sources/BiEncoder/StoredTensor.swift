package import Tensors

/// What a tensor's numbers are stored as, by safetensors' names.
package enum ElementType: String, Sendable {
    case f64 = "F64", f32 = "F32", f16 = "F16", bf16 = "BF16"
    case i64 = "I64", i32 = "I32", i16 = "I16", i8 = "I8"
    case u64 = "U64", u32 = "U32", u16 = "U16", u8 = "U8", bool = "BOOL"

    /// Bytes a number.
    var size: Int {
        switch self {
        case .f64, .i64, .u64: 8
        case .f32, .i32, .u32: 4
        case .f16, .bf16, .i16, .u16: 2
        case .i8, .u8, .bool: 1
        }
    }
}

/// A tensor where it stands in a mapped file, row-major.
package struct StoredTensor: Sendable {
    package let type: ElementType
    package let shape: [Int]
    let file: MappedFile
    /// Its bytes within the file.
    let range: Range<Int>
}

/// A file, or several, in which tensors are found by name.
package protocol TensorSource {
    /// The file, for errors.
    var path: String { get }

    subscript(name: String) -> StoredTensor? { get }
}

extension TensorSource {
    /// The numbers of one tensor as f32: in place when they are stored so, else widened.
    ///
    /// - Throws: `ModelError` when the tensor is missing, has another shape, or another type than
    ///   F32, F16 and BF16.
    package func parameter(_ name: String, shape: [Int]) throws(ModelError) -> Parameter {
        guard let tensor = self[name] else {
            throw ModelError(path, "the tensor \"\(name)\" is missing")
        }
        guard tensor.shape == shape else {
            throw ModelError(
                path, "tensor \"\(name)\" has the shape \(tensor.shape), expected \(shape)")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: tensor.file.bytes[tensor.range])
        switch tensor.type {
        case .f32:
            if Int(bitPattern: bytes.baseAddress).isMultiple(of: 4) {
                return Parameter(
                    shape: shape, lending: bytes.assumingMemoryBound(to: Float.self), owner: tensor.file)
            }
            return Parameter(shape: shape) { UnsafeMutableRawBufferPointer($0).copyMemory(from: bytes) }
        case .f16, .bf16:
            // Copied first, because a header's length need not keep two-byte alignment.
            let bits = [UInt16](unsafeUninitializedCapacity: bytes.count / 2) { buffer, count in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
                count = bytes.count / 2
            }
            return bits.withUnsafeBufferPointer { bits in
                tensor.type == .f16
                    ? Parameter(shape: shape, wideningF16: bits)
                    : Parameter(shape: shape, wideningBF16: bits)
            }
        default:
            throw ModelError(
                path, "tensor \"\(name)\" is stored as \(tensor.type.rawValue); F32, F16 and BF16 are read")
        }
    }
}
