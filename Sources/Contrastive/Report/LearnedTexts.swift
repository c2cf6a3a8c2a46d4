internal import Crypto
internal import Glibc
package import Records

/// The texts that a model was trained on, by their hashes: those that its base model had learned from
/// Kotae too. `TrainedModel` writes them.
package struct LearnedTexts: Sendable {
    private var hashes: Set<String>

    /// - Parameter model: its folder. One that Kotae has not trained has learned no text that is known.
    /// - Throws: `RecordError` when the list of hashes cannot be read.
    package init(ofModelAt model: String) throws(RecordError) {
        let path = model + "/training/texts.sha256"
        var hashes: Set<String> = []
        if access(path, F_OK) == 0 {
            var lines = try LineReader(path: path)
            while let line = try lines.next() { hashes.insert(line) }
        }
        self.hashes = hashes
    }

    package var isEmpty: Bool { hashes.isEmpty }

    package func contains(_ text: String) -> Bool { !hashes.isEmpty && hashes.contains(Self.hash(text)) }

    /// These and others.
    func adding(_ texts: [String]) -> LearnedTexts {
        var result = self
        result.hashes.formUnion(texts.map(Self.hash))
        return result
    }

    /// SHA-256 of every text, a line each, sorted: an evaluation can tell what the model has seen, and
    /// nobody can read the texts.
    var file: String { hashes.sorted().map { $0 + "\n" }.joined() }

    private static func hash(_ text: String) -> String {
        TrainingIdentity.hexadecimal(SHA256.hash(data: Array(text.utf8)))
    }
}
