import Testing

import Hub

/// Which of a model's files are fetched.
@Suite struct SelectionTests {
    private static let index = Array(
        #"{"weight_map": {"a": "part-1.safetensors", "b": "part-2.safetensors", "c": "part-1.safetensors"}}"#.utf8)

    @Test func `weights in several files come with their index`() async throws {
        let files = [
            "config.json": Array("{}".utf8), "model.safetensors.index.json": Self.index,
            "part-1.safetensors": bytes(2000, seed: 1), "part-2.safetensors": bytes(2000, seed: 2),
            "part-3.safetensors": bytes(2000, seed: 3), "pytorch_model.bin": bytes(2000, seed: 4),
        ]
        try await FakeHub.run(files) { place in
            let files = try await place.pull().files
            #expect(
                files == ["config.json", "model.safetensors.index.json", "part-1.safetensors", "part-2.safetensors"])
        }
    }

    @Test func `a checkpoint of PyTorch comes where there is nothing else`() async throws {
        let files = [
            "config.json": Array("{}".utf8), "pytorch_model.bin": bytes(2000), "flax_model.msgpack": bytes(2000),
        ]
        try await FakeHub.run(files) { place in
            let files = try await place.pull().files
            #expect(files == ["config.json", "pytorch_model.bin"])
        }
    }

    @Test func `a transformer may have a folder of its own`() async throws {
        let files = [
            "modules.json": Array(
                #"[{"type": "sentence_transformers.models.Transformer", "path": "0_Transformer"}]"#.utf8),
            "0_Transformer/config.json": Array("{}".utf8), "0_Transformer/model.safetensors": bytes(2000),
            "0_Transformer/tokenizer.json": bytes(30), "config.json": bytes(10), "model.safetensors": bytes(3000),
        ]
        try await FakeHub.run(files) { place in
            let files = try await place.pull().files
            #expect(
                files == [
                    "0_Transformer/config.json", "0_Transformer/model.safetensors", "0_Transformer/tokenizer.json",
                    "modules.json",
                ])
        }
    }

    @Test(arguments: [
        (["config.json": Array("{}".utf8), "onnx/model.onnx": bytes(10)], "no weights that Kotae reads"),
        (["model.safetensors": bytes(10)], "no config.json"),
        (["config.json": [], "model.safetensors.index.json": index], "part-1.safetensors"),
    ])
    func `what is no sentence encoder is refused`(files: [String: [UInt8]], reason: String) async throws {
        try await FakeHub.run(files) { place in
            let error = await place.failure()
            guard case .unsuitable("org/model", let found) = error else { throw try #require(error) }
            #expect(found.contains(reason))
            #expect(place.hub.count("GET", ".safetensors") == 0)
        }
    }
}
