import FoundationEssentials
import JSON
import TestSupport
import Testing
import Tokenization

func read(_ path: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path))
}

@Suite struct `Loading` {
    @Test func `knows the texts and ids of its vocabulary`() throws {
        let tokenizer = try Reference.tokenizer("added-tokens")
        let json = try Reference.json("added-tokens")
        let vocabulary = try #require(json["model"]?["vocab"]?.object)
        for (text, id) in vocabulary.members {
            let id = Int32(try #require(id.integer))
            #expect(tokenizer.id(of: text) == id)
            #expect(tokenizer.token(of: id).map { Array($0.utf8) } == Array(text.utf8))
        }
        let added = try #require(json["added_tokens"]?.array)
        for token in added {
            let id = Int32(try #require(token["id"]?.integer))
            let content = try #require(token["content"]?.string)
            #expect(tokenizer.id(of: content) == id)
            #expect(tokenizer.token(of: id).map { Array($0.utf8) } == Array(content.utf8))
        }
        let addedIDs = added.compactMap { $0["id"]?.integer }
        let highest = try #require(addedIDs.max())
        #expect(tokenizer.vocabularySize == highest + 1)
        #expect(tokenizer.token(of: Int32(highest) + 1) == nil)
        #expect(tokenizer.token(of: -1) == nil)
        #expect(tokenizer.id(of: "") == nil)
        #expect(tokenizer.id(of: "passwor") == nil)
    }

    @Test func `keeps canonically equivalent tokens apart`() throws {
        let tokenizer = try Reference.tokenizer("cased")
        let composed = try #require(tokenizer.id(of: "\u{E9}"))
        let decomposed = try #require(tokenizer.id(of: "e\u{301}"))
        #expect(composed != decomposed)
    }

    @Test func `allows gaps between ids`() throws {
        let tokenizer = try Reference.tokenizer("uncased")
        #expect(tokenizer.token(of: 39) != nil)
        #expect(tokenizer.token(of: 40) == nil)
        #expect(tokenizer.token(of: 42) == nil)
        #expect(tokenizer.token(of: 43) != nil)
        #expect(tokenizer.token(of: Int32(tokenizer.vocabularySize) - 1) != nil)
    }

    @Test(arguments: [
        (
            "uncased",
            ["BertNormalizer", "BertPreTokenizer", "WordPiece", "TemplateProcessing"]
        ),
        ("bert-processing", ["BertNormalizer", "BertPreTokenizer", "WordPiece", "BertProcessing"]),
        ("bare", ["WordPiece"]),
        (
            "sequence",
            [
                "Sequence(NFD, StripAccents, Lowercase)",
                "Sequence(BertPreTokenizer, BertPreTokenizer)", "WordPiece", "TemplateProcessing",
            ]
        ),
    ])
    func `names its stages`(variant: String, stages: [String]) throws {
        #expect(try Reference.tokenizer(variant).stages == stages)
    }

    @Test func `takes a model without a type for what its members say`() throws {
        var model = try #require(Reference.json("uncased")["model"]?.object)
        model["type"] = nil
        let tokenizer = try Tokenizer(
            json: changed("model", to: .object(model)), path: "tokenizer.json")
        #expect(tokenizer.stages.contains("WordPiece"))
        model["max_input_chars_per_word"] = nil
        let error = #expect(throws: TokenizerError.self) {
            try Tokenizer(json: changed("model", to: .object(model)), path: "tokenizer.json")
        }
        #expect(error?.description == "tokenizer.json: model.type: missing")
    }

    @Test(arguments: [
        ("normalizer", "NFE", "BertNormalizer, ByteLevel, Lowercase, NFC, "),
        ("pre_tokenizer", "CharDelimiterSplit", "BertPreTokenizer, ByteLevel, Digits, Metaspace, "),
        ("model", "WordLevel", "BPE, Unigram, WordPiece"),
        ("post_processor", "Bert", "BertProcessing, ByteLevel, RobertaProcessing, Sequence, "),
    ])
    func `refuses stages it does not have by name`(
        stage: String, type: String, known: String
    ) throws {
        let error = #expect(throws: TokenizerError.self) {
            try Tokenizer(json: changed(stage, to: ["type": .string(type)]), path: "tokenizer.json")
        }
        #expect(error?.kind == .unsupported)
        let start = "tokenizer.json: \(stage).type: \"\(type)\" is not known; known are \(known)"
        #expect(error?.description.hasPrefix(start) == true, "\(error?.description ?? "")")
    }

    @Test func `refuses stages inside a sequence by name and place`() throws {
        let sequence: JSONValue = [
            "type": "Sequence", "pretokenizers": [["type": "Whitespace"], ["type": "Foo"]],
        ]
        let error = #expect(throws: TokenizerError.self) {
            try Tokenizer(json: changed("pre_tokenizer", to: sequence), path: "tokenizer.json")
        }
        #expect(
            error?.description == """
                tokenizer.json: pre_tokenizer.pretokenizers[1].type: "Foo" is not known; known are \
                BertPreTokenizer, ByteLevel, Digits, Metaspace, Punctuation, Sequence, Split, \
                UnicodeScripts, Whitespace, WhitespaceSplit
                """)
    }

    @Test(arguments: [
        ("(a", "a group is not closed"), ("a)", "closes no group"), ("(?<name", "name is not closed"),
        ("\\p{L", "name is not closed"), ("[a", "a class is not closed"), ("[]", "a class is empty"),
        ("*", "repeats nothing"), ("(a*)*", "may be empty"), ("(?>a)", "atomic"), ("\\1", "\\1 is not supported"),
        ("[b-a]", "range of a class is empty"), ("\\", "escapes nothing"), ("\\p{Hiragana}", "Hiragana"),
        (String(repeating: "(", count: 60), "nested deeper than 50"), ("a{300}", "up to 255"),
    ])
    func `refuses patterns that it does not understand, with the reason`(pattern: String, reason: String) throws {
        let split: JSONValue = [
            "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Isolated", "invert": false,
        ]
        let error = #expect(throws: TokenizerError.self) {
            try Tokenizer(json: changed("pre_tokenizer", to: split), path: "tokenizer.json")
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("pre_tokenizer.pattern") == true)
    }

    /// What is replaced in the file, by what, and what the error says.
    static let refusals: [(String, JSONValue, String)] = [
        ("version", "2.0", "version: should be \"1.0\""),
        ("model", nil, "model: should be an object, not null"),
        ("model", 3, "model: should be an object, not 3"),
        ("model.vocab", nil, "model.vocab: should be an object, not null"),
        ("model.vocab", ["[UNK]": -1], "model.vocab[\"[UNK]\"]: should be a whole number from 0"),
        ("model.vocab", ["[UNK]": 16_777_217], "to 16777216, not 16777217"),
        ("model.vocab", ["[UNK]": 0.5], "to 16777216, not a number"),
        ("model.vocab", ["[UNK]": 1, "a": 1], "model.vocab: the id 1 stands twice"),
        ("model.vocab", ["a": 1, "b": 0, "[UNK]": 1], "model.vocab: the id 1 stands twice"),
        ("model.vocab", ["a": 1, "[UNK]": 0, "a": 2], "model.vocab: the token \"a\" stands twice"),
        ("model.vocab", [:], "model.unk_token: the token \"[UNK]\" is not in the vocabulary"),
        ("model.unk_token", "", "model.unk_token: the token \"\" is not in the vocabulary"),
        ("model.unk_token", "<unk>", "the token \"<unk>\" is not in the vocabulary"),
        ("model.max_input_chars_per_word", -1, "model.max_input_chars_per_word: should be a whole"),
        ("model.continuing_subword_prefix", nil, "should be a string, not null"),
        ("normalizer.lowercase", "yes", "normalizer.lowercase: should be true or false, not a str"),
        ("normalizer.strip_accents", 1, "normalizer.strip_accents: should be true or false, not 1"),
        ("normalizer.type", nil, "normalizer.type: should be a string, not null"),
        ("added_tokens", [:], "added_tokens: should be an array, not an object"),
        ("added_tokens", [["id": 2]], "added_tokens[0].content: missing"),
        ("added_tokens", [added(2, "")], "added_tokens[0].content: should not be empty"),
        ("added_tokens", [added(3, "[CLS]")], "added_tokens[0].id: \"[CLS]\" should have the id 2"),
        ("added_tokens", [added(9, "<new>")], "added_tokens[0].id: \"<new>\" should have the id"),
        (
            "added_tokens", [added(2, "[CLS]"), added(2, "[CLS]")],
            "added_tokens[1]: the token \"[CLS]\" stands twice"
        ),
        ("post_processor.special_tokens", [:], "pair[0].SpecialToken: the token \"[CLS]\" is not"),
        (
            "post_processor.special_tokens", ["[CLS]": ["ids": [9999]]],
            "post_processor.special_tokens.[CLS].ids[0]: the id 9999 is not in the vocabulary"
        ),
        ("post_processor.single", [], "post_processor.single: should hold the sequence A once"),
        ("post_processor.single", [sequence("B")], "single: should hold the sequence A once"),
        (
            "post_processor.single", [sequence("A"), sequence("A")],
            "post_processor.single: should hold the sequence A once and no other"
        ),
        ("post_processor.single", [sequence("C")], "the sequence should be A or B, not \"C\""),
        ("post_processor.single", [sequence("A", type: -1)], "type_id: should be a whole number"),
        ("post_processor.pair", ["A"], "post_processor.pair[0]: should be an object, not a string"),
        (
            "post_processor", ["type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]"]],
            "post_processor.cls: should be a token and its id"
        ),
        (
            "post_processor",
            ["type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["x", 9999]],
            "post_processor.cls[1]: the id 9999 is not in the vocabulary"
        ),
    ]

    private static func added(_ id: Int, _ content: String) -> JSONValue {
        [
            "id": .integer(id), "content": .string(content), "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true,
        ]
    }

    private static func sequence(_ id: String, type: Int = 0) -> JSONValue {
        ["Sequence": ["id": .string(id), "type_id": .integer(type)]]
    }

    @Test(arguments: refusals)
    func `refuses what contradicts itself and names it`(
        field: String, value: JSONValue, message: String
    ) throws {
        let error = #expect(throws: TokenizerError.self) {
            try Tokenizer(json: changed(field, to: value), path: "tokenizer.json")
        }
        let description = try #require(error?.description)
        #expect(description.hasPrefix("tokenizer.json: "))
        #expect(description.contains(message), "\(description)")
    }

    @Test func `refuses an added token whose id is taken`() throws {
        var json = try Reference.json("bare")
        guard case .object(var file) = json else { return }
        // The vocabulary has a gap, so its size is an id that another token has.
        let size = try #require(json["model"]?["vocab"]?.object).members.count
        file["added_tokens"] = [Self.added(size, "<new>")]
        json = .object(file)
        let error = #expect(throws: TokenizerError.self) {
            try Tokenizer(json: json, path: "t.json")
        }
        #expect(error?.description == "t.json: added_tokens[0].id: the id \(size) stands twice")
    }

    @Test func `says where a file stops being JSON`() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/tokenizer.json"
            try Data("{\n  \"version\": 1.0,\n  model\n}".utf8).write(to: URL(filePath: path))
            let error = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: path) }
            #expect(error?.kind == .notJSON)
            #expect(error?.description.hasPrefix("\(path): line 3, column 3: ") == true)
        }
    }

    @Test func `says why a file cannot be read`() throws {
        try withTemporaryFolder { folder in
            let missing = #expect(throws: TokenizerError.self) {
                try Tokenizer(contentsOf: folder + "/none.json")
            }
            #expect(missing?.kind == .unreadable)
            #expect(
                missing?.description
                    == "\(folder)/none.json: cannot be read: No such file or directory")
            let directory = #expect(throws: TokenizerError.self) {
                try Tokenizer(contentsOf: folder)
            }
            #expect(directory?.kind == .unreadable)
        }
    }

    /// The file of the variant "uncased" with one value replaced, at most two levels deep.
    private func changed(_ field: String, to value: JSONValue) throws -> JSONValue {
        var file = try #require(Reference.json("uncased").object)
        let keys = field.split(separator: ".").map(String.init)
        if keys.count == 1 {
            file[keys[0]] = .some(value)
        } else {
            var stage = try #require(file[keys[0]]?.object)
            stage[keys[1]] = .some(value)
            file[keys[0]] = .object(stage)
        }
        return .object(file)
    }
}
