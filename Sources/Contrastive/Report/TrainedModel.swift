package import BiEncoder
internal import Files
internal import FoundationEssentials
internal import Glibc
internal import JSON

/// The folder that a training leaves: a sentence-transformers model, and in `training/` what it came
/// from.
package struct TrainedModel {
    package let encoder: BiEncoder
    package let result: TrainingResult
    package let settings: TrainingSettings
    package let summary: PairSummary
    /// How many texts without labels were learned from.
    package let unlabelled: Int
    /// The names of the files that were learned from.
    package let files: [String]
    /// Whether texts that were learned stand in what the model was judged by.
    package let overlaps: Bool
    /// The texts that were learned from.
    package let texts: [String]
    /// Every option with its value, as YAML that reproduces the run.
    package let configuration: String
    package let folder: TrainingFolder

    package init(
        _ encoder: BiEncoder, _ result: TrainingResult, _ settings: TrainingSettings, summary: PairSummary,
        unlabelled: Int = 0, files: [String] = [], overlaps: Bool = false, texts: [String],
        configuration: String, folder: TrainingFolder
    ) {
        self.encoder = encoder
        self.result = result
        self.settings = settings
        self.summary = summary
        self.unlabelled = unlabelled
        self.files = files
        self.overlaps = overlaps
        self.texts = texts
        self.configuration = configuration
        self.folder = folder
    }

    /// Writes the model and gives it its name; the training's own files go.
    ///
    /// - Throws: `FileError` when something cannot be written.
    package func write() throws {
        try folder.removeModel()
        let card = ModelCard(model: self).text
        try encoder.write(to: folder.model, card: card)
        let training = folder.model + "/training"
        guard mkdir(training, 0o777) == 0 else {
            throw FileError(training)
        }
        let log = try String(contentsOfFile: folder.log, encoding: .utf8)
        try DurableFile.write(log, to: training + "/log.jsonl")
        try DurableFile.write(configuration, to: training + "/config.yaml")
        let known = try LearnedTexts(ofModelAt: encoder.folder.path)
        try DurableFile.write(known.adding(texts).file, to: training + "/texts.sha256")
        let page = try TrainingPage(log: log, result: result).html
        try DurableFile.write(page, to: training + "/index.html")
        try folder.finish()
    }
}
