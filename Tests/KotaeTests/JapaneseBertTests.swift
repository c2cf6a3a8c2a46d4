import Foundation
import JSON
import TestSupport
import Testing

/// BERTs whose words are those of MeCab, with a small dictionary in the place of unidic_lite.
@Suite struct JapaneseBertTests {
    @Test(arguments: ["words", "characters"])
    func `tokens are those of transformers`(folder: String) throws {
        try withWorkplace { place in
            try place.makeJapaneseModel(folder, withDictionary: true)
            let cases = try Data(contentsOf: URL(filePath: fixture("mecab/\(folder)/expected.jsonl"))).split(separator: 0x0A).map { try JSONValue(parsing: $0) }
            #expect(cases.count > 250)
            // Longer texts than the model reads, none of which is to be cut.
            try FileManager.default.removeItem(atPath: place.path("model/sentence_bert_config.json"))
            let config = String(decoding: try place.read("model/config.json"), as: UTF8.self)
            try place.write("model/config.json", config.replacing("_embeddings\": 64", with: "_embeddings\": 4096"))
            // As JSON Lines, because texts may have line ends and NULs.
            try place.write("texts.jsonl", [UInt8](Data(contentsOf: URL(filePath: fixture("mecab/\(folder)/expected.jsonl")))))
            let found = try place.succeed("tokenize", "-m", "model", "--json", "--input", "texts.jsonl", "--field", "text").json
            #expect(found.count == cases.count)
            for (found, expected) in zip(found, cases) {
                #expect(found["ids"] == expected["ids"], "\(expected["text"]?.string?.debugDescription ?? "")")
            }
        }
    }

    @Test func `a model of such words embeds, is told as such, and does not depend on threads`() throws {
        try withWorkplace { place in
            try place.makeJapaneseModel("words", withDictionary: true)
            let texts = (0..<200).map { "パスワードを忘れた \($0)" }.joined(separator: "\n") + "\n"
            try place.write("texts.txt", texts)
            let command = ["embed", "-m", "model", "--input", "texts.txt", "--threads"]
            let alone = try place.run(command + ["1"])
            #expect(alone.status == 0 && alone.lines.count == 200)
            #expect(try place.run(command + ["2"]).output == alone.output)
            let info = try place.succeed("model", "info", "model").text
            #expect(info.contains("MeCab(unidic_lite)"))
        }
    }

    @Test func `a dictionary that is not there is named with what to install`() throws {
        try withWorkplace { place in
            try place.makeJapaneseModel("words", withDictionary: false)
            try place.refuse(
                ["tokenize", "-m", "model", "再設定"],
                saying: ["Error: model/vocab.txt: ", "unidic_lite", "not installed", "tools/mecab-dictionary unidic_lite"])
            try FileManager.default.createDirectory(
                atPath: place.dictionaries + "/unidic_lite", withIntermediateDirectories: true)
            for name in ["sys.dic", "unk.dic", "matrix.bin", "char.bin", "dicrc"] {
                try Data().write(to: URL(filePath: place.dictionaries + "/unidic_lite/\(name)"))
            }
            try place.refuse(
                ["tokenize", "-m", "model", "再設定"], saying: ["unidic_lite: MeCab cannot use this dictionary: "])
        }
    }

    @Test(arguments: [
        (#""word_tokenizer_type": "mecab""#, #""word_tokenizer_type": "sudachi""#,
            #"word_tokenizer_type: "sudachi" is not supported; "mecab" is"#),
        (#""word_tokenizer_type": "mecab", "#, "", #"word_tokenizer_type: "basic" is not supported"#),
        (#""subword_tokenizer_type": "wordpiece""#, #""subword_tokenizer_type": "sentencepiece""#,
            #"subword_tokenizer_type: "sentencepiece" is not supported; "wordpiece" or "character" is"#),
        (#""do_lower_case": false"#, #""do_lower_case": true"#, "do_lower_case: true is not supported; false is"),
        (#""unidic_lite""#, #""jumandic""#, #"mecab_kwargs.mecab_dic: "jumandic" is not supported; one of "ipadic""#),
        (#""unidic_lite""#, "null", "mecab_kwargs.mecab_dic: null is not supported"),
        (#""unidic_lite""#, #""ipadic", "mecab_option": "-d /etc""#, "mecab_kwargs.mecab_option: "),
        (#""unidic_lite""#, #""ipadic", "normalize_text": false"#, "mecab_kwargs.normalize_text: false is not supported; true is"),
        (#"{"mecab_dic": "unidic_lite"}"#, "[]", "mecab_kwargs: should be an object"),
    ])
    func `what is not supported is refused by its name`(setting: String, other: String, message: String) throws {
        try withWorkplace { place in
            try place.makeJapaneseModel("words", withDictionary: true)
            let settings = String(decoding: try place.read("model/tokenizer_config.json"), as: UTF8.self)
            #expect(settings.contains(setting))
            try place.write("model/tokenizer_config.json", settings.replacing(setting, with: other))
            try place.refuse(["tokenize", "-m", "model", "a"], saying: ["Error: model/tokenizer_config.json: " + message])
        }
    }
}

extension Workplace {
    fileprivate var dictionaries: String { (environment["HOME"] ?? "") + "/.local/share/kotae/mecab" }

    /// A tiny random BERT with the vocabulary of a fixture, in `model`.
    fileprivate func makeJapaneseModel(_ vocabulary: String, withDictionary: Bool) throws {
        let files = FileManager.default
        try copyModel("bert-mean", to: "model")
        for name in ["tokenizer.json", "tokenizer_config.json"] { try? files.removeItem(atPath: path("model/\(name)")) }
        for name in ["vocab.txt", "tokenizer_config.json"] {
            try files.copyItem(atPath: fixture("mecab/\(vocabulary)/\(name)"), toPath: path("model/\(name)"))
        }
        if withDictionary {
            try files.createDirectory(
                atPath: URL(filePath: dictionaries).deletingLastPathComponent().path(), withIntermediateDirectories: true)
            try files.createSymbolicLink(atPath: dictionaries, withDestinationPath: fixture("mecab"))
        }
    }
}
