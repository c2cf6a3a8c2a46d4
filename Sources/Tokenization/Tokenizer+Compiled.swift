internal import Checksums
package import JSON

#if _endian(big)
    #error("Compiled tokenizers are read in place, and their numbers are little-endian.")
#endif

/// A tokenizer in one run of bytes that is used where it lies, so that nothing is built at the start of
/// a process: the tables of the stages, and what else the file says as JSON.
///
/// All numbers are little-endian.
///
/// | bytes | what |
/// |---|---|
/// | 8 | "kotaetok" |
/// | 4 | the format |
/// | 4 | CRC-32C of all that follows |
/// | 64 | the key: what the tokenizer was compiled from |
/// | 8 | the number of sections |
/// | 8 each | the sizes of the sections in bytes |
/// | … | the sections, each at a multiple of 16, with zeros between |
///
/// Sections are the ids of the vocabulary, where the text of each ends, and the texts; those of the
/// model; the character maps of normalizers; and last the `tokenizer.json` without the vocabulary,
/// with the places of the character maps' sections in their stead.
private enum CompiledFormat {
    static let magic = Array("kotaetok".utf8)
    /// Another one for every change of the layout or of what is compiled from the same file.
    static let version: UInt32 = 2
    static let keySize = 64
    /// Where the checked bytes begin.
    static let checked = 16
    /// Where the sizes of the sections begin.
    static let sizes = checked + keySize + 8
    static let alignment = 16
    /// More sections than any tokenizer has.
    static let mostSections: UInt64 = 1024
    /// Members of the model that its sections hold.
    static let membersInSections = ["vocab", "merges"]

    static func aligned(_ size: Int) -> Int { (size + alignment - 1) / alignment * alignment }
}

extension Tokenizer {
    /// The tokenizer as `init(compiled:key:owner:path:)` takes it.
    ///
    /// - Parameters:
    ///   - json: what it was made from.
    ///   - key: what tells that from any other file, such as its SHA-256 as 64 hexadecimal digits.
    package func compiled(from json: JSONValue, key: String) -> [UInt8] {
        precondition(key.utf8.count == CompiledFormat.keySize)
        var sections = model.sections
        var rest: [UInt8] = []
        Self.withoutTables(json, &sections).append(to: &rest)
        sections.append(rest)
        var checked = Array(key.utf8)
        checked.append(UInt64(sections.count))
        for section in sections { checked.append(UInt64(section.count)) }
        for section in sections {
            checked.align()
            checked += section
        }
        var checksum = CRC32C()
        checksum.update(checked.span.bytes)
        var bytes = CompiledFormat.magic
        bytes.append(CompiledFormat.version)
        bytes.append(checksum.value)
        return bytes + checked
    }

    /// The file without what sections hold; character maps are added to these.
    private static func withoutTables(_ json: JSONValue, _ sections: inout [[UInt8]]) -> JSONValue {
        guard var file = json.object else { return json }
        if var model = file["model"]?.object {
            for member in CompiledFormat.membersInSections { model[member] = nil }
            file["model"] = .object(model)
        }
        file["normalizer"] = file["normalizer"].map { withoutCharacterMaps($0, &sections) }
        return .object(file)
    }

    private static func withoutCharacterMaps(
        _ value: JSONValue, _ sections: inout [[UInt8]]
    ) -> JSONValue {
        if let elements = value.array {
            return .array(elements.map { withoutCharacterMaps($0, &sections) })
        }
        guard let object = value.object else { return value }
        return .object(
            JSONObject(
                object.members.map { key, value in
                    guard key == PrecompiledNormalizer.mapMember,
                        let map = value.string.flatMap(base64)
                    else { return (key, withoutCharacterMaps(value, &sections)) }
                    sections.append(map)
                    return (key, .integer(sections.count - 1))
                }))
    }

    /// The tokenizer that `compiled(from:key:)` has written down, used where it lies.
    ///
    /// Nothing is taken on trust: bytes that are not whole, not of this format, of another key, or
    /// that contradict each other give nil. O(size), at some 10 GB/s.
    ///
    /// - Parameters:
    ///   - bytes: aligned to 16 bytes, kept by `owner` as long as it lives.
    ///   - path: what errors call the tokenizer.
    package init?(
        compiled bytes: UnsafeRawBufferPointer, key: String, owner: any AnyObject & Sendable, path: String
    ) {
        guard let sections = Self.sections(bytes, key), let rest = sections.last,
            let json = try? JSONValue(parsing: rest)
        else { return nil }
        do {
            let compiled = CompiledSections(sections.dropLast(), owner: owner)
            try self.init(json: json, compiled: compiled, path: path)
        } catch {
            return nil
        }
    }

    private static func sections(
        _ bytes: UnsafeRawBufferPointer, _ key: String
    ) -> [UnsafeRawBufferPointer]? {
        typealias Format = CompiledFormat
        guard bytes.count >= Format.sizes, bytes[..<8].elementsEqual(Format.magic),
            bytes.number(at: 8, UInt32.self) == Format.version,
            bytes[Format.checked..<Format.checked + Format.keySize].elementsEqual(key.utf8)
        else { return nil }
        var checksum = CRC32C()
        checksum.update(UnsafeRawBufferPointer(rebasing: bytes[Format.checked...]))
        guard bytes.number(at: 12, UInt32.self) == checksum.value else { return nil }
        let count = bytes.number(at: Format.sizes - 8, UInt64.self)
        guard count <= Format.mostSections, Int(count) * 8 <= bytes.count - Format.sizes else {
            return nil
        }
        var sections: [UnsafeRawBufferPointer] = []
        var start = Format.sizes + Int(count) * 8
        for index in 0..<Int(count) {
            start = Format.aligned(start)
            let size = bytes.number(at: Format.sizes + 8 * index, UInt64.self)
            guard start <= bytes.count, size <= UInt64(bytes.count - start) else { return nil }
            sections.append(UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(size)]))
            start += Int(size)
        }
        return start == bytes.count ? sections : nil
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func number<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, _ type: Number.Type
    ) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}

extension [UInt8] {
    /// Adds zeros up to where the next section begins.
    fileprivate mutating func align() {
        let size = CompiledFormat.aligned(CompiledFormat.checked + count) - CompiledFormat.checked
        append(contentsOf: repeatElement(0, count: size - count))
    }

    fileprivate mutating func append(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
