import BiEncoder
import FoundationEssentials
import TestSupport
import Testing

/// Weights in other files than `model.safetensors`. That they give the reference's vectors is for
/// `Embeddings of the reference` to say.
@Suite struct `Weights of a model` {
    private func expectRefusal(
        _ path: String, file: String, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: ModelError.self, sourceLocation: sourceLocation) {
            try BiEncoder(modelAt: path)
        }
        guard let error else { return }
        #expect(error.path.hasSuffix(file), "\(error)", sourceLocation: sourceLocation)
        #expect(error.reason.contains(reason), "\(error)", sourceLocation: sourceLocation)
    }

    @Test func `as a checkpoint of PyTorch are an error wherever they are cut off`() throws {
        try withCopy(of: "roberta") { copy in
            let path = "\(copy)/pytorch_model.bin"
            let bytes = try Data(contentsOf: URL(filePath: path))
            for count in [1, 21, 22, 100, bytes.count / 2, bytes.count - 1] {
                try write(bytes.prefix(count), to: path)
                expectRefusal(copy, file: "pytorch_model.bin", "")
            }
        }
    }

    @Test func `as a checkpoint of PyTorch never crash when a bit is flipped`() throws {
        try withCopy(of: "roberta") { copy in
            let path = "\(copy)/pytorch_model.bin"
            let bytes = try Data(contentsOf: URL(filePath: path))
            // The pickle stands at the beginning, the directory at the end.
            let places = Array(0..<6_000) + Array(bytes.count - 6_000..<bytes.count)
            var random = SplitMix64(seed: 4)
            for _ in 0..<1_500 {
                var damaged = bytes
                damaged[places[Int.random(in: places.indices, using: &random)]] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                try write(damaged, to: path)
                // Names, sizes and shapes are checked; a flipped number is a number.
                _ = try? ModelWeights(of: ModelFolder(copy))
            }
        }
    }

    /// A pickle that would call something when unpickled.
    @Test(arguments: [
        ("cos\nsystem\nX\u{4}\0\0\0true\u{85}R.", "os.system"),
        ("cbuiltins\neval\n(X\u{1}\0\0\01tR.", "builtins.eval"),
        ("ctorch.nn.modules.linear\nLinear\n)R.", "torch.nn.modules.linear.Linear"),
    ])
    func `that are any other pickled object are refused by its name`(pickle: String, name: String) throws {
        try withCopy(of: "roberta") { copy in
            let bytes = pickle.unicodeScalars.map { UInt8($0.value) }
            try write(storedZip("archive/data.pkl", [0x80, 2] + bytes), to: "\(copy)/pytorch_model.bin")
            expectRefusal(copy, file: "pytorch_model.bin", name)
        }
    }

    @Test func `spread over files are an error when one is missing or out of the folder`() throws {
        try withCopy(of: "distilbert") { copy in
            let second = "model-00002-of-00002.safetensors"
            try edit("\(copy)/model.safetensors.index.json", second, "../\(second)")
            expectRefusal(copy, file: "model.safetensors.index.json", "no name of a file")
        }
        try withCopy(of: "distilbert") { copy in
            try FileManager.default.removeItem(atPath: "\(copy)/model-00002-of-00002.safetensors")
            expectRefusal(copy, file: "model-00002-of-00002.safetensors", "no such file")
        }
    }

    @Test func `of a layer after pooling have to fit what is before it`() throws {
        for (old, new, file, reason) in [
            ("\"in_features\": 48", "\"in_features\": 47", "2_Dense/config.json", "in_features is 47"),
            ("activation.Tanh", "activation.Softsign", "2_Dense/config.json", "Softsign"),
            ("\"out_features\": 24", "\"out_features\": 23", "", "2_Dense/linear"),
        ] {
            try withCopy(of: "luke") { copy in
                try edit("\(copy)/2_Dense/config.json", old, new)
                expectRefusal(copy, file: file, reason)
            }
        }
    }

    @Test(arguments: ["roberta", "distilbert", "luke"])
    func `are written as safetensors, and give the same vectors`(name: String) throws {
        let model = try ModelFixture(name)
        try withTemporaryFolder { folder in
            let encoder = try BiEncoder(modelAt: model.path)
            try encoder.write(to: "\(folder)/copy", card: "")
            let copy = try BiEncoder(modelAt: "\(folder)/copy")
            #expect(try copy.embed(model.texts).values == encoder.embed(model.texts).values)
            #expect(copy.dimensions == (name == "luke" ? 24 : 48))
        }
    }

    /// A zip archive of one file, stored.
    private func storedZip(_ name: String, _ content: [UInt8]) -> [UInt8] {
        func number(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let common = number(0, 2) + number(0, 2) + number(0, 4) + number(0, 4) + number(content.count, 4) + number(content.count, 4)
            + number(name.utf8.count, 2) + number(0, 2)
        let header = number(0x0403_4B50, 4) + number(20, 2) + common + Array(name.utf8)
        let entry = number(0x0201_4B50, 4) + number(20, 2) + number(20, 2) + common + number(0, 2 + 2 + 2 + 4)
            + number(0, 4) + Array(name.utf8)
        let end = number(0x0605_4B50, 4) + number(0, 4) + number(1, 2) + number(1, 2) + number(entry.count, 4)
            + number(header.count + content.count, 4) + number(0, 2)
        return header + content + entry + end
    }
}
