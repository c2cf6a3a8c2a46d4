internal import Glibc
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
    /// - Throws: `ModelError` when it cannot be written; nothing is left then.
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

/// Files that appear under their name whole or not at all.
package enum DurableFile {
    /// Writes to a temporary file beside `path`, flushes it, renames it and flushes the folder.
    ///
    /// - Parameter body: gets a function that appends bytes.
    /// - Throws: `ModelError` with the path and the system's reason; the former file stays then.
    package static func write(
        to path: String,
        _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        func failure() -> ModelError {
            ModelError(path, "cannot be written: \(String(cString: strerror(errno)))")
        }
        let temporary = path + ".partial"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure() }
        do {
            defer { close(descriptor) }
            try body { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let written = Glibc.write(
                        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if written < 0 {
                        if errno == EINTR { continue }
                        throw failure()
                    }
                    rest = rest.dropFirst(written)
                }
            }
            guard fsync(descriptor) == 0 else { throw failure() }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let error = failure()
            unlink(temporary)
            throw error
        }
        try flushFolder(of: path)
    }

    package static func write(_ text: String, to path: String) throws {
        let bytes = Array(text.utf8)
        try write(to: path) { write in try bytes.withUnsafeBytes { try write($0) } }
    }

    /// Makes what was renamed or made in a folder outlast a power failure.
    package static func flushFolder(of path: String) throws(ModelError) {
        let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ModelError(folder, systemReason(errno)) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw ModelError(folder, systemReason(errno)) }
    }
}
