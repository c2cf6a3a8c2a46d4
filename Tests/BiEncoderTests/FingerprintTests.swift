import BiEncoder
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite struct `A fingerprint` {
    @Test func `is the same for a copy of the model`() throws {
        let original = try BiEncoder(modelAt: fixture("models/bert-mean")).fingerprint()
        #expect(original.utf8.count == 64)
        try withCopy(of: "bert-mean") { copy in
            let fingerprint = try BiEncoder(modelAt: copy, threads: 1).fingerprint()
            #expect(fingerprint == original)
        }
    }

    @Test(arguments: [
        ("tokenizer.json", "\"id\"", "\"id\" "), ("config.json", "1e-12", "1e-11"),
        ("1_Pooling/config.json", "\"pooling_mode_max_tokens\": false", "\"pooling_mode_max_tokens\": true"),
        ("sentence_bert_config.json", "48", "47"),
    ])
    func `changes with everything that changes vectors`(file: String, old: String, new: String) throws {
        let original = try BiEncoder(modelAt: fixture("models/bert-mean")).fingerprint()
        try withCopy(of: "bert-mean") { copy in
            try edit("\(copy)/\(file)", old, new)
            #expect(try BiEncoder(modelAt: copy).fingerprint() != original)
        }
    }

    @Test func `changes with the weights, also when they are rewritten in place`() throws {
        try withCopy(of: "bert-mean") { copy in
            let original = try BiEncoder(modelAt: copy).fingerprint()
            let path = "\(copy)/model.safetensors"
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[bytes.count - 1] ^= 1
            try write(bytes, to: path)
            #expect(try BiEncoder(modelAt: copy).fingerprint() != original)
        }
    }

    @Test func `changes with a file that is rewritten in place and keeps its size and time`() throws {
        try withCopy(of: "bert-mean") { copy in
            let original = try BiEncoder(modelAt: copy).fingerprint()
            let path = "\(copy)/tokenizer.json"
            var status = stat()
            try #require(stat(path, &status) == 0)
            // Two words change places: another vocabulary of as many bytes.
            let text = try String(contentsOfFile: path, encoding: .utf8)
                .replacing("\"the\":", with: "\"+the\":").replacing("\"one\":", with: "\"the\":")
                .replacing("\"+the\":376", with: "\"one\":376")
            try write(Data(text.utf8), to: path)
            var times = [status.st_atim, status.st_mtim]
            try #require(utimensat(AT_FDCWD, path, &times, 0) == 0)
            var after = stat()
            try #require(stat(path, &after) == 0)
            try #require(after.st_size == status.st_size && after.st_ino == status.st_ino)
            try #require(after.st_mtim.tv_nsec == status.st_mtim.tv_nsec)
            #expect(try BiEncoder(modelAt: copy).fingerprint() != original)
        }
    }

    @Test func `changes with the length, and differs between models`() throws {
        let path = fixture("models/bert-mean")
        let fingerprints = [
            try BiEncoder(modelAt: path).fingerprint(),
            try BiEncoder(modelAt: path, maximumLength: 32).fingerprint(),
            try BiEncoder(modelAt: fixture("models/bert-prompts")).fingerprint(),
        ]
        #expect(Set(fingerprints).count == 3)
    }
}
