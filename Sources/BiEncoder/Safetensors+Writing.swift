internal import Files
internal import JSON

extension Safetensors {
    /// A tensor to be written, in row-major f32.
    package struct Output {
        package let name: String
        package let shape: [Int]
        package let values: UnsafeBufferPointer<Float>

        package init(name: String, shape: [Int], values: UnsafeBufferPointer<Float>) {
            precondition(values.count == shape.reduce(1, *))
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    /// Writes a file that is there whole or not at all, even when the power fails.
    ///
    /// - Parameter metadata: strings that travel with the tensors. transformers refuses a file
    ///   without `format` = `pt`, so that is always added.
    /// - Throws: `FileError` when it cannot be written; nothing is left then.
    package static func write(
        _ tensors: [Output], metadata: [(key: String, value: String)] = [], to path: String
    ) throws {
        var members: [(key: String, value: JSONValue)] = [
            (
                "__metadata__",
                .object(
                    JSONObject(
                        [("format", "pt")] + metadata.map { ($0.key, .string($0.value)) }))
            )
        ]
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.values.count * MemoryLayout<Float>.size
            members.append(
                (
                    tensor.name,
                    [
                        "dtype": "F32", "shape": .array(tensor.shape.map(JSONValue.integer)),
                        "data_offsets": [.integer(offset), .integer(end)],
                    ]
                ))
            offset = end
        }
        var header: [UInt8] = []
        JSONValue.object(JSONObject(members)).append(to: &header)
        // The numbers start at a multiple of 8, as the format advises.
        while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
        let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
        try DurableFile.write(to: path) { write in
            try (length + header).withUnsafeBytes { try write($0) }
            for tensor in tensors { try write(UnsafeRawBufferPointer(tensor.values)) }
        }
    }
}
