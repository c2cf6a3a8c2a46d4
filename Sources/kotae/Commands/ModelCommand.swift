import ArgumentParser
import BiEncoder
import JSON
import Tensors
import Tokenization

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "What models there are, what one is made of, and more from the hub.",
        discussion: """
            Examples:
              kotae model list
              kotae model info all-MiniLM-L6-v2
              kotae model pull intfloat/multilingual-e5-small

            Models live in $KOTAE_MODELS, or else in ~/.local/share/kotae/models, a folder each; those \
            that are pulled from the Hugging Face hub live in its cache.
            """,
        subcommands: [Info.self, List.self, ModelPullCommand.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The names of the installed models.",
            discussion: "Example:\n  kotae model list")

        @Flag(help: "A JSON array of objects.")
        var json = false

        func run() throws {
            let library = ModelLibrary()
            let names = library.names()
            if json {
                print(JSONValue.array(names.map { ["name": .string($0), "path": .string("\(library.path)/\($0)")] }))
                return
            }
            for name in names {
                print(name == ModelLibrary.defaultModel ? "\(name)  (default)" : name)
            }
            if names.isEmpty { note("no models in \(library.path)") }
        }
    }

    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Architecture, sizes, tokenizer, pooling and prompts of a model.",
            discussion: "Example:\n  kotae model info all-MiniLM-L6-v2 --json")

        @Argument(help: "A model's folder, or its name among the installed or pulled ones.")
        var model: String?

        @OptionGroup var prompts: PromptOptions

        @Flag(help: "One JSON object.")
        var json = false

        func run() throws {
            let encoder = try BiEncoder(
                modelAt: ModelLibrary().folder(of: model), prompts: self.prompts.choice)
            let info = encoder.information
            let prompts = encoder.folder.prompts
            let object: JSONValue = [
                "path": .string(encoder.folder.path),
                "architecture": .string(info.architecture),
                "layers": .integer(info.layers),
                "parameters": .integer(info.parameters),
                "dimensions": .integer(encoder.dimensions),
                "maximum_length": .integer(encoder.maximumLength),
                "vocabulary": .integer(encoder.tokenizer.vocabularySize),
                "tokenizer": .array(encoder.tokenizer.stages.map { .string($0) }),
                "pooling": .array(encoder.folder.pooling.map { .string($0.rawValue) }),
                "normalize": .bool(encoder.folder.normalizes),
                "prompts": .object(
                    JSONObject(prompts.named.map { (key: $0.name, value: .string($0.prefix)) })),
                "prompts_from": .string(encoder.folder.promptChoice.name),
                "default_prompt": prompts.defaultName.map { .string($0) } ?? .null,
                "precisions": .array(info.precisions.map { .string($0.rawValue) }),
                "fingerprint": .string(try encoder.fingerprint()),
            ]
            if json {
                print(object)
                return
            }
            for (key, value) in object.object?.members ?? [] {
                let label = padded(key.replacing("_", with: " "), to: 16)
                print(label + text(of: value))
            }
        }

        private func text(of value: JSONValue) -> String {
            switch value {
            case .string(let text): return text
            case .integer(let number): return grouped(number)
            case .array(let elements): return elements.map(text).joined(separator: ", ")
            case .bool(let flag): return flag ? "yes" : "no"
            case .null: return "none"
            case .object(let object) where object.members.isEmpty: return "none"
            default: return value.description
            }
        }
    }
}
