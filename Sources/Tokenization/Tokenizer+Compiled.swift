internal import Checksums
package import JSON

#if _endian(big)
    #error("Compiled tokenizers are read in place, and their numbers are little-endian.")
#endif

/// A tokenizer in one run of bytes that is used where it lies, so that nothing is built at the start of
/// a process: the tables of the vocabulary, and what else the file says as JSON.
///
/// All numbers are little-endian.
///
/// | bytes | what |
/// |---|---|
/// | 8 | "kotaetok" |
/// | 4 | the format |
/// | 4 | CRC-32C of all that follows |
/// | 64 | the key: what the tokenizer was compiled from |
/// | 5 × 8 | the sizes of the five sections in bytes |
/// | … | slots of `ScalarTrie`, 16 bytes each: key, node, token |
/// | … | ids, `Int32` each, ascending |
/// | … | where the text of each ends, `UInt32` |
/// | … | the texts, UTF-8 |
/// | … | the `tokenizer.json` without its vocabulary |
private enum CompiledFormat {
    static let magic = Array("kotaetok".utf8)
    /// Another one for every change of the layout or of what is compiled from the same file.
    static let version: UInt32 = 1
    static let keySize = 64
    static let sections = 5
    /// Where the checked bytes begin.
    static let checked = 16
    /// A multiple of 16, as the slots need.
    static let header = checked + keySize + sections * 8 + 8
}

extension Tokenizer {
    /// The tokenizer as `init(compiled:key:owner:path:)` takes it.
    ///
    /// - Parameters:
    ///   - json: what it was made from.
    ///   - key: what tells that from any other file, such as its SHA-256 as 64 hexadecimal digits.
    package func compiled(from json: JSONValue, key: String) -> [UInt8] {
        precondition(key.utf8.count == CompiledFormat.keySize)
        var rest: [UInt8] = []
        Self.withoutVocabulary(json).append(to: &rest)
        let tables = model.tables
        let vocabulary = tables.vocabulary
        let sections = [
            Array(tables.trie.entries.bytes), Array(vocabulary.ids.bytes),
            Array(vocabulary.ends.bytes), Array(vocabulary.texts.bytes), rest,
        ]
        var checked = Array(key.utf8)
        for section in sections { checked.append(UInt64(section.count)) }
        checked += repeatElement(0, count: CompiledFormat.header - CompiledFormat.checked - checked.count)
        for section in sections { checked += section }
        var checksum = CRC32C()
        checksum.update(checked.span.bytes)
        var bytes = CompiledFormat.magic
        bytes.append(CompiledFormat.version)
        bytes.append(checksum.value)
        return bytes + checked
    }

    private static func withoutVocabulary(_ json: JSONValue) -> JSONValue {
        guard var file = json.object, var model = file["model"]?.object else { return json }
        model["vocab"] = nil
        file["model"] = .object(model)
        return .object(file)
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
        guard let sections = Self.sections(bytes, key),
            let slots = Column<ScalarTrie.Entry>(lending: sections[0], owner: owner),
            let ids = Column<Int32>(lending: sections[1], owner: owner),
            let ends = Column<UInt32>(lending: sections[2], owner: owner),
            let texts = Column<UInt8>(lending: sections[3], owner: owner),
            let vocabulary = Vocabulary(ids: ids, ends: ends, texts: texts),
            let trie = ScalarTrie(slots, tokens: 0..<Int32(vocabulary.idBound)),
            let json = try? JSONValue(parsing: sections[4])
        else { return nil }
        do {
            try self.init(json: json, tables: WordPieceTables(vocabulary, trie), path: path)
        } catch {
            return nil
        }
    }

    private static func sections(
        _ bytes: UnsafeRawBufferPointer, _ key: String
    ) -> [UnsafeRawBufferPointer]? {
        typealias Format = CompiledFormat
        guard bytes.count >= Format.header, bytes[..<8].elementsEqual(Format.magic),
            bytes.number(at: 8, UInt32.self) == Format.version,
            bytes[Format.checked..<Format.checked + Format.keySize].elementsEqual(key.utf8)
        else { return nil }
        var checksum = CRC32C()
        checksum.update(UnsafeRawBufferPointer(rebasing: bytes[Format.checked...]))
        guard bytes.number(at: 12, UInt32.self) == checksum.value else { return nil }
        var sections: [UnsafeRawBufferPointer] = []
        var start = Format.header
        for index in 0..<Format.sections {
            let size = bytes.number(at: Format.checked + Format.keySize + 8 * index, UInt64.self)
            guard size <= UInt64(bytes.count - start) else { return nil }
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
    fileprivate mutating func append(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
