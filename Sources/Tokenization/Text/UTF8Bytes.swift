/// Calls `body` with each byte of a scalar in UTF-8, until it returns false.
///
/// - Returns: whether it returned true for all.
@inline(__always)
func forEachUTF8(_ scalar: UInt32, _ body: (UInt8) -> Bool) -> Bool {
    if scalar < 0x80 { return body(UInt8(truncatingIfNeeded: scalar)) }
    if scalar < 0x800 {
        return body(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)) && body(continuation(scalar))
    }
    if scalar < 0x1_0000 {
        return body(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)) && body(continuation(scalar >> 6))
            && body(continuation(scalar))
    }
    return body(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)) && body(continuation(scalar >> 12))
        && body(continuation(scalar >> 6)) && body(continuation(scalar))
}

@inline(__always)
private func continuation(_ bits: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: 0x80 | bits & 0x3F)
}

/// How many bytes a scalar has in UTF-8.
@inline(__always)
func utf8Length(_ scalar: UInt32) -> Int {
    scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x1_0000 ? 3 : 4
}
