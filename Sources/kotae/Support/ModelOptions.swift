import ArgumentParser
import BiEncoder
import Tensors

extension Precision: ExpressibleByArgument {}
extension Role: ExpressibleByArgument {}

/// Which model, and how it runs: shared by every command that embeds.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A model's folder, or its name among the installed ones.",
            discussion: "Default: \(ModelLibrary.defaultModel), or the model of the index.",
            valueName: "model"))
    var model: String?

    @Option(help: "Arithmetic of the matrix products; bf16 is about twice as fast where the processor has it.")
    var precision: Precision = .f32

    @Option(help: ArgumentHelp("Read at most this many tokens of a text.", valueName: "tokens"))
    var maxLength: Int?

    @OptionGroup var prompts: PromptOptions

    @OptionGroup var processors: ProcessorOptions

    func validate() throws {
        if let maxLength, maxLength < 2 {
            throw ValidationError("--max-length must be at least 2, not \(maxLength)")
        }
    }

    /// Loads the model that was asked for, `fallback` being meant where none was.
    func load(fallback: String? = nil) throws -> BiEncoder {
        try BiEncoder(
            modelAt: ModelLibrary().folder(of: model ?? fallback), precision: precision,
            threads: processors.threads, maximumLength: maxLength, prompts: prompts.choice)
    }
}
