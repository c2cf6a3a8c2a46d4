import BiEncoder
import FoundationEssentials
import Tensors
import TestSupport
import Testing

@Suite struct `A model folder` {
    /// Expects that loading fails with a message that names the file and contains `reason`.
    private func expectRefusal(
        _ path: String, file: String, _ reason: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: ModelError.self, sourceLocation: sourceLocation) {
            try BiEncoder(modelAt: path)
        }
        guard let error else { return }
        #expect(error.path.hasSuffix(file), "\(error)", sourceLocation: sourceLocation)
        #expect(error.reason.contains(reason), "\(error)", sourceLocation: sourceLocation)
    }

    @Test(arguments: ["config.json", "tokenizer.json", "model.safetensors", "1_Pooling/config.json"])
    func `that lacks a file is refused with its name`(file: String) throws {
        try withCopy(of: "bert-mean") { copy in
            try FileManager.default.removeItem(atPath: "\(copy)/\(file)")
            expectRefusal(copy, file: file, file == "tokenizer.json" ? "" : "no such file")
        }
    }

    @Test func `that is not there, or is a file, is refused`() throws {
        try withTemporaryFolder { folder in
            expectRefusal("\(folder)/none", file: "none", "no such folder")
            try write("x".utf8, to: "\(folder)/file")
            expectRefusal("\(folder)/file", file: "file", "not a folder")
        }
    }

    static let edits: [(file: String, old: String, new: String, reason: String)] = [
        ("config.json", #""model_type": "bert""#, #""model_type": "t5""#, "\"t5\" is not supported"),
        ("config.json", #""hidden_act": "gelu""#, #""hidden_act": "swish""#, "swish"),
        ("config.json", #""hidden_size": 48"#, #""hidden_size": 50"#, "not a multiple"),
        ("config.json", #""hidden_size": 48"#, #""hidden_size": "wide""#, "hidden_size is \"wide\""),
        ("config.json", #""hidden_size": 48,"#, "", "hidden_size is missing"),
        ("config.json", #""absolute""#, #""relative_key""#, "relative_key"),
        ("config.json", "{", "{{", "line 1, column 2"),
        ("1_Pooling/config.json", "{", #"{"pooling_mode": "median","#, "median"),
        ("modules.json", "models.Normalize", "models.CNN", "CNN is not supported"),
        ("modules.json", #""1_Pooling""#, #""../1_Pooling""#, "leaves the folder"),
        ("modules.json", "sentence_transformers.models.Pooling", "evil.Pooling", "evil.Pooling"),
        ("sentence_bert_config.json", "false", "true", "do_lower_case"),
        ("sentence_bert_config.json", "48", "0", "max_seq_length is 0"),
        ("tokenizer.json", "BertPreTokenizer", "Sudachi", "Sudachi"),
        ("tokenizer.json", #""WordPiece""#, #""WordLevel""#, "WordLevel"),
    ]

    @Test(arguments: edits)
    func `that asks for something unsupported is refused with the field`(
        file: String, old: String, new: String, reason: String
    ) throws {
        try withCopy(of: "bert-mean") { copy in
            try edit("\(copy)/\(file)", old, new)
            expectRefusal(copy, file: file, reason)
        }
    }

    @Test(arguments: [
        ("\"hidden_size\": 48", "\"hidden_size\": 24", "embeddings.word_embeddings.weight"),
        ("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4", "encoder.layer.3."),
        ("\"intermediate_size\": 96", "\"intermediate_size\": 97", "expected [97, 48]"),
    ])
    func `whose weights do not fit its configuration is refused with the tensor`(
        old: String, new: String, reason: String
    ) throws {
        try withCopy(of: "bert-mean") { copy in
            try edit("\(copy)/config.json", old, new)
            expectRefusal(copy, file: "model.safetensors", reason)
        }
    }

    @Test func `whose weights are cut off anywhere is refused`() throws {
        try withCopy(of: "bert-cls-f16") { copy in
            let path = "\(copy)/model.safetensors"
            let bytes = try Data(contentsOf: URL(filePath: path))
            for count in [0, 7, 8, 100, bytes.count / 2, bytes.count - 1] {
                try write(bytes.prefix(count), to: path)
                expectRefusal(copy, file: "model.safetensors", "")
            }
        }
    }

    @Test func `whose weights are not finite says so when it embeds`() throws {
        try withCopy(of: "bert-mean") { copy in
            let path = "\(copy)/model.safetensors"
            var bytes = try Data(contentsOf: URL(filePath: path))
            let end = bytes.count
            for offset in 1...400 { bytes[end - offset] = 0xFF }
            try write(bytes, to: path)
            let encoder = try BiEncoder(modelAt: copy)
            let error = #expect(throws: EmbeddingError.self) { try encoder.embed("a b c") }
            #expect(error?.description.contains("not finite") == true)
        }
    }

    @Test func `without modules.json is a transformer with mean pooling`() throws {
        try withCopy(of: "bert-mean") { copy in
            try FileManager.default.removeItem(atPath: "\(copy)/modules.json")
            let folder = try ModelFolder(copy)
            #expect(folder.pooling == [.mean])
            #expect(!folder.normalizes)
        }
    }

    @Test func `of the newest format takes its length from the tokenizer`() throws {
        let encoder = try BiEncoder(modelAt: fixture("models/bert-max-bf16"))
        #expect(encoder.folder.pooling == [.max])
        #expect(encoder.folder.normalizes)
        #expect(encoder.maximumLength == min(encoder.folder.maximumLength ?? 0, 64))
    }

    @Test(arguments: [1, 65])
    func `cannot be given a length beyond its positions`(length: Int) {
        #expect(throws: ModelError.self) {
            try BiEncoder(modelAt: fixture("models/bert-mean"), maximumLength: length)
        }
    }
}
