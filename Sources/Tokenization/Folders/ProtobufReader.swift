/// Reads the fields of a message in the wire format of protocol buffers
/// (https://protobuf.dev/programming-guides/encoding), one after the other.
///
/// Nothing is trusted: a length beyond the message, a number of more than 64 bits and a wire type that
/// is not known end the reading with an error.
struct ProtobufReader {
    enum Value {
        case number(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        /// Text, bytes or a message.
        case bytes(ArraySlice<UInt8>)
    }

    /// The bytes at this place of the message are no field.
    struct Failure: Error { let place: Int }

    private var rest: ArraySlice<UInt8>

    init(_ message: ArraySlice<UInt8>) { rest = message }

    /// The next field's number and value; nil at the end of the message.
    mutating func next() throws(Failure) -> (field: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let start = rest.startIndex
        let key = try number()
        let field = Int(key >> 3)
        guard field > 0, field < 1 << 29 else { throw Failure(place: start) }
        switch key & 7 {
        case 0: return (field, .number(try number()))
        case 1: return (field, .fixed64(try bytes(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }))
        case 2:
            let length = try number()
            guard length <= UInt64(rest.count) else { throw Failure(place: start) }
            return (field, .bytes(try bytes(Int(length))))
        case 5: return (field, .fixed32(try bytes(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }))
        default: throw Failure(place: start)
        }
    }

    private mutating func number() throws(Failure) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { break }
            // Of the tenth byte only the lowest bit is left.
            guard shift < 63 || byte <= 1 else { break }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        throw Failure(place: rest.startIndex)
    }

    private mutating func bytes(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw Failure(place: rest.startIndex) }
        defer { rest.removeFirst(count) }
        return rest.prefix(count)
    }
}
