import FoundationEssentials
import JSON
import TestSupport
import Testing
import Tokenization

@Suite struct `Folders without a tokenizer.json` {
    private static let variants = ["bert", "bert-cased", "bert-accents", "mpnet", "xlm-roberta", "camembert", "albert", "albert-cased", "t5"]

    private func tokenizer(_ folder: String, modelType: String? = nil) throws -> Tokenizer {
        let files = try TokenizerFolder(folder, modelType: modelType)
        return try Tokenizer(json: files.json(), path: files.path)
    }

    @Test(arguments: variants)
    func `give the ids of transformers`(variant: String) throws {
        let tokenizer = try tokenizer(fixture("vocabularies/\(variant)"))
        let cases = try read(fixture("vocabularies/\(variant)/expected.jsonl")).split(separator: 0x0A)
        #expect(cases.count > 100)
        for line in cases {
            let expected = try JSONValue(parsing: line)
            let text = try #require(expected["text"]?.string)
            let ids = try #require(expected["ids"]?.array).map { Int32(try #require($0.integer)) }
            #expect(tokenizer.encode(text, maximumLength: nil).ids == ids, "\(text.debugDescription)")
        }
    }

    @Test func `are known by the kind of model where no class is told`() throws {
        try withTemporaryFolder { folder in
            let source = fixture("vocabularies/xlm-roberta")
            try FileManager.default.copyItem(
                atPath: "\(source)/sentencepiece.bpe.model", toPath: "\(folder)/sentencepiece.bpe.model")
            let expected = try tokenizer(source).encode("reset ku", maximumLength: nil).ids
            for type in ["xlm-roberta", "bert", "luke"] {
                #expect(try tokenizer(folder, modelType: type).encode("reset ku", maximumLength: nil).ids == expected)
            }
            for type in ["gpt2", nil] {
                #expect(throws: TokenizerError.self) { try TokenizerFolder(folder, modelType: type) }
            }
        }
    }

    @Test func `may have tokens beside the vocabulary`() throws {
        try withTemporaryFolder { folder in
            let source = fixture("vocabularies/xlm-roberta/sentencepiece.bpe.model")
            try FileManager.default.copyItem(atPath: source, toPath: "\(folder)/sentencepiece.bpe.model")
            let size = try tokenizer(folder, modelType: "luke").vocabularySize
            let settings = #"{"tokenizer_class": "MLukeTokenizer", "mask_token": {"content": "<mask>"}}"#
            try settings.write(toFile: "\(folder)/tokenizer_config.json", atomically: true, encoding: .utf8)
            try #"{"<ent>": \#(size)}"#.write(
                toFile: "\(folder)/added_tokens.json", atomically: true, encoding: .utf8)
            let ids = try tokenizer(folder).encode("ku<ent>", maximumLength: nil).ids
            #expect(ids.dropLast().last == Int32(size) && ids.first == 0 && ids.last == 2)
        }
    }

    @Test func `know their special tokens beside such ones`() throws {
        try withTemporaryFolder { folder in
            try "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n".write(
                toFile: "\(folder)/vocab.txt", atomically: true, encoding: .utf8)
            try #"{"<x>": 7}"#.write(toFile: "\(folder)/added_tokens.json", atomically: true, encoding: .utf8)
            let ids = try tokenizer(folder, modelType: "bert").encode("a [SEP] <x> b", maximumLength: nil).ids
            #expect(ids == [2, 5, 3, 7, 6, 3])
        }
    }

    @Test(arguments: [
        ("vocab.txt", "[CLS]\n[SEP]\na\n", "{}", "bert", "vocab.txt: lacks the unk_token \"[UNK]\""),
        ("vocab.txt", "[UNK]\n[SEP]\na\n", "{}", "bert", "lacks the cls_token \"[CLS]\""),
        ("vocab.txt", "[UNK]\n", "{}", "bert", "lacks the cls_token"),
        ("vocab.txt", "[UNK]\n[CLS]\n[SEP]\n", #"{"do_lower_case": 1}"#, "bert", "tokenizer_config.json: do_lower_case: "),
        ("vocab.txt", "[UNK]\n", "[]", "bert", "tokenizer_config.json: should be an object"),
        ("vocab.txt", "a", #"{"tokenizer_class": "XLMRobertaTokenizerFast"}"#, "bert", "sentencepiece.bpe.model: is missing"),
        ("vocab.txt", "a", #"{"tokenizer_class": "T5Tokenizer"}"#, "t5", "spiece.model: is missing"),
        ("vocab.txt", "a", #"{"tokenizer_class": "GPT2Tokenizer"}"#, "gpt2", "of GPT2Tokenizer the vocabulary alone"),
        ("readme.txt", "a", "{}", "bert", "nor one that would do: vocab.txt, sentencepiece.bpe.model or spiece.model"),
        ("spiece.model", "\n\u{4}\n\u{2}ab", #"{"tokenizer_class": "T5Tokenizer"}"#, "t5", "lacks the pad_token \"<pad>\""),
        ("sentencepiece.bpe.model", "\u{1A}\u{2}\u{10}\u{1}", "{}", "xlm-roberta", "precompiled_charsmap: should be bytes"),
        ("sentencepiece.bpe.model", "", "{}", "xlm-roberta", "pieces: there are none"),
        ("sentencepiece.bpe.model", "abc", "{}", "xlm-roberta", "no model of SentencePiece"),
        ("sentencepiece.bpe.model", "\n\u{4}\n\u{2}ab", "{}", "xlm-roberta", "should begin with the unknown piece"),
    ])
    func `are refused where they cannot be used`(
        file: String, content: String, settings: String, modelType: String, message: String
    ) throws {
        try withTemporaryFolder { folder in
            try content.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
            try settings.write(toFile: "\(folder)/tokenizer_config.json", atomically: true, encoding: .utf8)
            let error = #expect(throws: TokenizerError.self) { try tokenizer(folder, modelType: modelType) }
            #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        }
    }

    @Test func `that are cut or damaged give an error or a tokenizer`() throws {
        let source = try [UInt8](read(fixture("vocabularies/camembert/sentencepiece.bpe.model")))
        var generator = SplitMix64(seed: 3)
        try withTemporaryFolder { folder in
            let path = "\(folder)/sentencepiece.bpe.model"
            func load(_ bytes: [UInt8]) throws -> Bool {
                try Data(bytes).write(to: URL(filePath: path))
                do {
                    let tokenizer = try tokenizer(folder, modelType: "camembert")
                    _ = tokenizer.encode("reset ku", maximumLength: nil)
                    return true
                } catch is TokenizerError {
                    return false
                }
            }
            #expect(try load(source))
            var refused = 0
            for count in stride(from: 0, to: source.count, by: 7) where try !load(Array(source[..<count])) { refused += 1 }
            #expect(refused > source.count / 7 / 2)
            for _ in 0..<1000 {
                var bytes = source
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
                }
                _ = try load(bytes)
            }
        }
    }
}
