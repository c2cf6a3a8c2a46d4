import ArgumentParser
import Contrastive

/// What the fields of pairs are called, where that is none of the known names.
struct PairFieldOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The field of the query.", valueName: "name"))
    var queryField: String?

    @Option(help: ArgumentHelp("The field of the text that belongs to it.", valueName: "name"))
    var positiveField: String?

    @Option(help: ArgumentHelp("The field of the document's id.", valueName: "name"))
    var positiveIdField: String?

    @Option(help: ArgumentHelp("The field of the label, 0 or 1.", valueName: "name"))
    var labelField: String?

    @Option(help: ArgumentHelp("The field of a graded similarity.", valueName: "name"))
    var scoreField: String?

    var names: PairFields {
        PairFields(
            query: queryField, positive: positiveField, positiveID: positiveIdField, label: labelField,
            score: scoreField)
    }
}
