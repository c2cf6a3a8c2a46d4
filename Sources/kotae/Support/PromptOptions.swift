import ArgumentParser
import BiEncoder

extension PromptChoice: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }

    public static var allValueStrings: [String] { names }

    public var defaultValueDescription: String { name }
}

/// Which prefixes texts get before the model reads them.
struct PromptOptions: ParsableArguments {
    @Option(
        name: .customLong("prompts"),
        help: ArgumentHelp(
            "Prefixes of questions and entries: the folder's own, those of a family, none, or auto: the folder's, "
                + "else the family's that its name tells.",
            valueName: "prompts"))
    var choice: PromptChoice = .automatic
}
