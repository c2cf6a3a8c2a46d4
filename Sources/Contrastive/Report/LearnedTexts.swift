internal import Crypto
internal import Glibc
package import Records

/// The texts that a model was trained on, by their hashes: see `TrainedModel`.
package struct LearnedTexts: Sendable {
    private let hashes: Set<String>

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

    package func contains(_ text: String) -> Bool {
        !hashes.isEmpty
            && hashes.contains(TrainingIdentity.hexadecimal(SHA256.hash(data: Array(text.utf8))))
    }
}
