internal import Crypto
internal import JSON
internal import Tensors

extension BiEncoder {
    /// What decides a text's vector: weights, tokenizer, configuration, pooling, prompts and
    /// maximum length, as 64 hexadecimal digits.
    ///
    /// Two models with the same fingerprint give the same vectors, up to the precision of the
    /// arithmetic; an index remembers it. The files are hashed only when the user's cache has no
    /// hash for them (`FileHash`).
    ///
    /// - Throws: `ModelError` when a file cannot be read.
    public func fingerprint() throws(ModelError) -> String {
        var weights: [JSONValue] = []
        for path in folder.weightsPaths { weights.append(.string(try FileHash.sha256(of: path))) }
        var settings: JSONObject = [
            "format": 1,
            "weights": weights.count == 1 ? weights[0] : .array(weights),
            "tokenizer": .string(try folder.tokenizer.hash()),
            "config": .string(try FileHash.sha256(of: folder.config.path)),
            "pooling": .array(folder.pooling.map { .string($0.rawValue) }),
            "include_prompt": .bool(folder.includesPrompt),
            "normalize": .bool(folder.normalizes),
            "prompts": .array(folder.prompts.named.map { [.string($0.name), .string($0.prefix)] }),
            "default_prompt": folder.prompts.defaultName.map { .string($0) } ?? .null,
            "maximum_length": .integer(maximumLength),
        ]
        if !folder.dense.isEmpty {
            settings["dense"] = .array(folder.dense.map { .string("\($0.activation)") })
        }
        var bytes: [UInt8] = []
        JSONValue.object(settings).append(to: &bytes)
        return hexadecimal(SHA256.hash(data: bytes))
    }
}

/// Bytes as pairs of hexadecimal digits, in lower case.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
        decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
