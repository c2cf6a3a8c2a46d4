package import BiEncoder
internal import Crypto
internal import Files
internal import FoundationEssentials
internal import Glibc
internal import JSON

/// The folder that a training leaves: a sentence-transformers model, and in `training/` what it came
/// from.
package struct TrainedModel {
    package let encoder: BiEncoder
    package let result: TrainingResult
    package let summary: PairSummary
    /// The texts that were learned from.
    package let texts: [String]
    /// Every option with its value, as YAML that reproduces the run.
    package let configuration: String
    package let folder: TrainingFolder

    package init(
        _ encoder: BiEncoder, _ result: TrainingResult, summary: PairSummary, texts: [String],
        configuration: String, folder: TrainingFolder
    ) {
        self.encoder = encoder
        self.result = result
        self.summary = summary
        self.texts = texts
        self.configuration = configuration
        self.folder = folder
    }

    /// Writes the model and gives it its name; the training's own files go.
    ///
    /// - Throws: `FileError` when something cannot be written.
    package func write() throws {
        try folder.removeModel()
        let card = ModelCard(encoder: encoder, result: result, summary: summary).text
        try encoder.write(to: folder.model, card: card)
        let training = folder.model + "/training"
        guard mkdir(training, 0o777) == 0 else {
            throw FileError(training)
        }
        let log = try String(contentsOfFile: folder.log, encoding: .utf8)
        try DurableFile.write(log, to: training + "/log.jsonl")
        try DurableFile.write(configuration, to: training + "/config.yaml")
        try DurableFile.write(hashes, to: training + "/texts.sha256")
        let page = try TrainingPage(log: log, result: result).html
        try DurableFile.write(page, to: training + "/index.html")
        try folder.finish()
    }

    /// SHA-256 of every text that was learned from, a line each, sorted: an evaluation can tell what
    /// the model has seen, and nobody can read the texts.
    private var hashes: String {
        Set(texts).map { TrainingIdentity.hexadecimal(SHA256.hash(data: Array($0.utf8))) + "\n" }
            .sorted().joined()
    }
}
