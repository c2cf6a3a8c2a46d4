import EmbeddingStore
import FoundationEssentials
import JSON
import LMDB
import Testing

extension StoreTransaction {
    /// A copy of a vector.
    func vector(_ key: UInt64) throws -> [Float]? {
        try withVector(forKey: key) { numbers in numbers.indices.map { numbers[$0] } }
    }
}

/// The bytes of an environment's table, in hexadecimal: "key value" for each record, its seal
/// checked and cut off.
func dump<Key: DatabaseKey>(
    _ environment: Environment, _ name: String, kind: DatabaseKind = .single, keys: Key.Type
) throws -> [String] {
    let table = try environment.openDatabase(name, kind: kind, keys: keys)
    var records: [String] = []
    try environment.read { transaction in
        try transaction.forEach(in: table) { key, value in
            let value = value.withUnsafeBytes { [UInt8]($0) }
            let key = key.withUnsafeBytes { [UInt8]($0) }
            let payload = Array(value.dropLast(8))
            #expect(value == sealed(payload, key: key))
            records.append("\(hexadecimal(key.span.bytes)) \(hexadecimal(payload.span.bytes))")
        }
    }
    return records
}

func hexadecimal(_ bytes: RawSpan) -> String {
    bytes.withUnsafeBytes { buffer in
        buffer.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// The bytes of a value with its seal, by another implementation of the checksum: bit by bit.
func sealed(_ value: [UInt8], key: [UInt8]) -> [UInt8] {
    var crc: UInt32 = ~0
    for byte in key + value {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return value + withUnsafeBytes(of: UInt64(~crc).littleEndian) { [UInt8]($0) }
}

/// The key's bytes as LMDB holds them.
func bytes(of key: some DatabaseKey) -> [UInt8] {
    key.withKeyBytes { span in span.withUnsafeBytes { [UInt8]($0) } }
}

func hexadecimal(_ text: String) -> String { hexadecimal(text.utf8.span.bytes) }

func readFile(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}

func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: path))
}

/// The reason for which a store refuses, or nil when it does not.
func refusal(_ body: () throws -> Void) -> StoreError.Reason? {
    do {
        try body()
        return nil
    } catch { return (error as? StoreError)?.reason }
}
