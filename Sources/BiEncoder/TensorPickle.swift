/// A pickle of tensors by their names, read without running anything.
///
/// The machine of `pickletools.py` (protocols 2 to 5), with the few operations that PyTorch's state
/// dictionaries are made of. A global is a name, and calling one builds a tensor or an empty dictionary,
/// or is refused.
struct TensorPickle {
    /// Why a pickle is not read.
    struct Refusal: Error {
        let reason: String
    }

    struct Storage {
        let type: ElementType
        /// Its file in the checkpoint.
        let key: String
    }

    struct Tensor {
        let storage: Storage
        /// Numbers of the storage before the first.
        let offset: Int
        let shape: [Int]
        let strides: [Int]
    }

    private enum Value {
        case none, bool(Bool), integer(Int), text(String), mark, global(String), storage(Storage), tensor(Tensor)
        case tuple([Value])
        /// Lists and dictionaries are shared by those who hold them.
        case list(List), dictionary(Dictionary)
    }

    private final class List {
        var values: [Value] = []
    }

    private final class Dictionary {
        var members: [(key: Value, value: Value)] = []
    }

    private let bytes: Slice<UnsafeRawBufferPointer>
    private var place: Int
    private var stack: [Value] = []
    private var memo: [Int: Value] = [:]

    init(_ bytes: Slice<UnsafeRawBufferPointer>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    /// Reads the pickle, which is to hold a dictionary of tensors.
    mutating func tensors() throws(Refusal) -> [(name: String, tensor: Tensor)] {
        while try step() {}
        guard case .dictionary(let dictionary)? = stack.last else {
            throw Refusal(reason: "the checkpoint holds no dictionary of tensors")
        }
        var tensors: [(name: String, tensor: Tensor)] = []
        for (key, value) in dictionary.members {
            guard case .text(let name) = key, case .tensor(let tensor) = value else {
                throw Refusal(reason: "the checkpoint's dictionary holds something that is no tensor by a name")
            }
            tensors.append((name, tensor))
        }
        return tensors
    }

    // MARK: Bytes

    private mutating func take(_ count: Int) throws(Refusal) -> Slice<UnsafeRawBufferPointer> {
        guard count >= 0, count <= bytes.endIndex - place else { throw Refusal(reason: "the pickle has been cut off") }
        defer { place += count }
        return bytes[place..<place + count]
    }

    private mutating func number(_ size: Int) throws(Refusal) -> Int {
        try take(size).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func text(_ length: Int) throws(Refusal) -> String {
        String(decoding: try take(length), as: UTF8.self)
    }

    private mutating func line() throws(Refusal) -> String {
        guard let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) else {
            throw Refusal(reason: "the pickle has been cut off")
        }
        let line = try text(end - place)
        place += 1
        return line
    }

    // MARK: Stack

    private mutating func pop() throws(Refusal) -> Value {
        guard let value = stack.popLast() else { throw damaged }
        return value
    }

    private var damaged: Refusal { Refusal(reason: "the pickle is damaged") }

    /// What was put on the stack since the last mark.
    private mutating func popToMark() throws(Refusal) -> [Value] {
        let mark = stack.lastIndex { if case .mark = $0 { true } else { false } }
        guard let mark else { throw damaged }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[(mark + 1)...])
    }

    private mutating func remember(_ key: Int) throws(Refusal) {
        guard let top = stack.last else { throw damaged }
        memo[key] = top
    }

    private mutating func recall(_ key: Int) throws(Refusal) {
        guard let value = memo[key] else { throw damaged }
        stack.append(value)
    }

    private mutating func tuple(_ count: Int) throws(Refusal) {
        guard stack.count >= count else { throw damaged }
        let values = Array(stack.suffix(count))
        stack.removeLast(count)
        stack.append(.tuple(values))
    }

    private mutating func setItems(_ items: [Value]) throws(Refusal) {
        guard case .dictionary(let dictionary)? = stack.last, items.count.isMultiple(of: 2) else { throw damaged }
        for index in stride(from: 0, to: items.count, by: 2) {
            dictionary.members.append((items[index], items[index + 1]))
        }
    }

    private mutating func appendItems(_ items: [Value]) throws(Refusal) {
        guard case .list(let list)? = stack.last else { throw damaged }
        list.values += items
    }

    // MARK: Operations

    /// Does the next operation; whether there are more.
    private mutating func step() throws(Refusal) -> Bool {
        let code = UInt8(try number(1))
        switch code {
        case UInt8(ascii: "."): return false
        case 0x80: _ = try number(1)
        // Frames say how much is read at a time.
        case 0x95: _ = try take(8)
        case UInt8(ascii: "("): stack.append(.mark)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))
        case 0x89: stack.append(.bool(false))
        case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
        case UInt8(ascii: "K"): stack.append(.integer(try number(1)))
        case UInt8(ascii: "M"): stack.append(.integer(try number(2)))
        case 0x8A: stack.append(.integer(try long(try number(1))))
        case UInt8(ascii: "X"): stack.append(.text(try text(try number(4))))
        case 0x8C: stack.append(.text(try text(try number(1))))
        case UInt8(ascii: "]"): stack.append(.list(List()))
        case UInt8(ascii: "}"): stack.append(.dictionary(Dictionary()))
        case UInt8(ascii: ")"): stack.append(.tuple([]))
        case UInt8(ascii: "t"): stack.append(.tuple(try popToMark()))
        case 0x85: try tuple(1)
        case 0x86: try tuple(2)
        case 0x87: try tuple(3)
        case UInt8(ascii: "q"): try remember(try number(1))
        case UInt8(ascii: "r"): try remember(try number(4))
        case 0x94: try remember(memo.count)
        case UInt8(ascii: "h"): try recall(try number(1))
        case UInt8(ascii: "j"): try recall(try number(4))
        case UInt8(ascii: "a"): try appendItems([pop()])
        case UInt8(ascii: "e"): try appendItems(popToMark())
        case UInt8(ascii: "s"):
            let value = try pop()
            try setItems([pop(), value])
        case UInt8(ascii: "u"): try setItems(popToMark())
        case UInt8(ascii: "c"): stack.append(.global(try line() + "." + line()))
        case 0x93:
            let name = try pop()
            guard case .text(let attribute) = name, case .text(let module) = try pop() else { throw damaged }
            stack.append(.global("\(module).\(attribute)"))
        case UInt8(ascii: "Q"): try findStorage()
        case UInt8(ascii: "R"):
            let arguments = try pop()
            guard case .tuple(let values) = arguments, case .global(let name) = try pop() else { throw damaged }
            stack.append(try call(name, values))
        // The state of an object, such as a dictionary's metadata: of no interest.
        case UInt8(ascii: "b"): _ = try pop()
        default: throw Refusal(reason: "the pickle has the operation \(code), which no dictionary of tensors needs")
        }
        return true
    }

    /// A two's complement number of so many bytes.
    private mutating func long(_ count: Int) throws(Refusal) -> Int {
        guard count <= 8 else { throw damaged }
        guard count > 0 else { return 0 }
        let shift = 64 - 8 * count
        return Int(truncatingIfNeeded: UInt64(truncatingIfNeeded: try number(count)) << UInt64(shift)) >> shift
    }

    private static let storages: [String: ElementType] = [
        "DoubleStorage": .f64, "FloatStorage": .f32, "HalfStorage": .f16, "BFloat16Storage": .bf16,
        "LongStorage": .i64, "IntStorage": .i32, "ShortStorage": .i16, "CharStorage": .i8, "ByteStorage": .u8,
        "BoolStorage": .bool,
    ]

    /// ('storage', torch.FloatStorage, '0', 'cpu', 1024)
    private mutating func findStorage() throws(Refusal) {
        guard case .tuple(let parts) = try pop(), parts.count == 5, case .text("storage") = parts[0],
            case .global(let name) = parts[1], case .text(let key) = parts[2]
        else { throw damaged }
        guard name.hasPrefix("torch."), let type = Self.storages[String(name.dropFirst("torch.".count))] else {
            throw Refusal(reason: "the pickle names \(name), which is no storage of numbers")
        }
        stack.append(.storage(Storage(type: type, key: key)))
    }

    private func call(_ name: String, _ arguments: [Value]) throws(Refusal) -> Value {
        switch name {
        case "collections.OrderedDict":
            guard arguments.isEmpty else { throw damaged }
            return .dictionary(Dictionary())
        case "torch._utils._rebuild_tensor_v2":
            guard arguments.count >= 4, case .storage(let storage) = arguments[0],
                case .integer(let offset) = arguments[1], let shape = integers(arguments[2]),
                let strides = integers(arguments[3])
            else { throw damaged }
            return .tensor(Tensor(storage: storage, offset: offset, shape: shape, strides: strides))
        case "torch._utils._rebuild_parameter":
            guard let first = arguments.first else { throw damaged }
            return first
        default:
            throw Refusal(
                reason: "the pickle wants to call \(name); only tensors are read, and nothing is run")
        }
    }

    private func integers(_ value: Value) -> [Int]? {
        guard case .tuple(let values) = value else { return nil }
        var integers: [Int] = []
        for value in values {
            guard case .integer(let integer) = value else { return nil }
            integers.append(integer)
        }
        return integers
    }
}
