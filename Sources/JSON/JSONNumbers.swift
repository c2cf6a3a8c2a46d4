extension JSONValue {
    /// Appends a JSON array of numbers, each with the fewest digits that read back as the same
    /// float32. The numbers are finite.
    public static func append(_ numbers: some Sequence<Float>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for number in numbers {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes.append(contentsOf: number.description.utf8)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}

extension Double {
    /// The number with the fewest digits that stands for the same float32.
    public var shortestAsFloat32: Double { Double(Float(self).description) ?? self }
}
