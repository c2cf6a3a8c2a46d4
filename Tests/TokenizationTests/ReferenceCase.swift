import JSON
import TestSupport
import Testing
import Tokenization

/// The tokenizers under `Tests/Fixtures/tokenization` and `Tests/Fixtures/subwords`, and what the
/// reference makes of texts.
enum Reference {
    /// Those of words.
    static let wordVariants = [
        "uncased", "cased", "accents-kept", "cased-accents-stripped", "uncleaned",
        "ideographs-joined", "bert-processing", "empty-prefix", "added-tokens",
        "added-tokens-cased", "template", "sequence", "nfd", "lowercase", "strip-accents", "bare",
    ]

    /// Those of parts of words, and of stages that BERT does not have.
    static let subwordVariants = [
        "bge-m3", "bpe-affixes", "bpe-dropped", "bpe-fused", "bpe-unknown", "byte-level", "digits",
        "digits-apart", "gpt4", "llama", "metaspace-first", "metaspace-never", "modernbert", "mpnet",
        "nfc", "nfkc", "nfkd", "nmt", "precompiled", "punctuation-contiguous", "punctuation-next",
        "punctuation-previous", "replace", "roberta", "roberta-prefixed", "scripts",
        "split-contiguous", "split-next", "split-previous", "split-text", "split-words", "strip", "t5",
        "unigram-plain", "unigram-ties", "whitespace", "xlm-roberta",
    ]

    static let variants = wordVariants + subwordVariants

    static func path(_ variant: String, _ ending: String) -> String {
        let folder = subwordVariants.contains(variant) ? "subwords" : "tokenization"
        return fixture("\(folder)/\(variant).\(ending)")
    }

    static func tokenizer(_ variant: String) throws -> Tokenizer {
        try Tokenizer(contentsOf: path(variant, "json"))
    }

    static func json(_ variant: String) throws -> JSONValue {
        try JSONValue(parsing: read(path(variant, "json")))
    }

    static func cases(_ variant: String) throws -> [ReferenceCase] {
        try read(path(variant, "jsonl")).split(separator: 0x0A).map { line in
            try ReferenceCase(JSONValue(parsing: line))
        }
    }
}

/// A text and what the reference makes of it.
struct ReferenceCase {
    let text: String
    let ids: [Int32]
    let typeIDs: [Int32]
    let offsets: [Range<Int>]
    let maximumLength: Int?

    init(_ json: JSONValue) throws {
        func numbers(_ key: String) throws -> [Int] {
            try #require(json[key]?.array).map { try #require($0.integer) }
        }
        text = try #require(json["text"]?.string)
        ids = try numbers("ids").map(Int32.init)
        typeIDs = try numbers("types").map(Int32.init)
        let bounds = try numbers("offsets")
        offsets = stride(from: 0, to: bounds.count, by: 2).map { bounds[$0]..<bounds[$0 + 1] }
        maximumLength = json["maximum"]?.integer
    }
}
