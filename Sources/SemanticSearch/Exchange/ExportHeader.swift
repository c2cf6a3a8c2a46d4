public import BiEncoder
public import JSON

/// The first line of an export with vectors: what the vectors are.
public struct ExportHeader: Sendable, Equatable {
    /// The version of exports that this Kotae writes, and the newest that it reads.
    public static let currentVersion = 1

    /// The model's name, the last part of its path.
    public let modelName: String
    /// See `BiEncoder.fingerprint`.
    public let fingerprint: String
    /// The precision that the texts were embedded in.
    public let precision: String
    /// The most tokens of a text that the model read.
    public let maximumLength: Int
    /// Which prefixes the texts got.
    public let prompts: PromptChoice
    /// How many numbers a vector has.
    public let dimensions: Int
    /// Whether answers have vectors too.
    public let embedsAnswers: Bool

    /// The member whose value is the version, and by which a header is known.
    static let versionName = "kotae_export"

    init(_ manifest: IndexManifest) {
        modelName = manifest.model.name
        fingerprint = manifest.model.fingerprint
        precision = manifest.model.precision
        maximumLength = manifest.model.maximumLength
        prompts = manifest.model.prompts
        dimensions = manifest.dimensions
        embedsAnswers = manifest.embedsAnswers
    }

    /// The header as an export has it, on one line.
    public var json: JSONValue {
        [
            Self.versionName: .integer(Self.currentVersion),
            "model": [
                "name": .string(modelName),
                "fingerprint": .string(fingerprint),
                "precision": .string(precision),
                "maximum_length": .integer(maximumLength),
                "prompts": .string(prompts.name),
            ],
            "dimensions": .integer(dimensions),
            "embeds_answers": .bool(embedsAnswers),
        ]
    }

    /// Reads a header.
    ///
    /// - Throws: `FieldError` for a field that is missing or wrong, and for a newer version.
    init(_ object: JSONObject) throws(FieldError) {
        let value = JSONValue.object(object)
        func wrong(_ field: String, _ expected: String) -> FieldError {
            FieldError("the field \"\(field)\" is missing or not \(expected)")
        }
        func text(_ name: String) throws(FieldError) -> String {
            guard let text = value["model"]?[name]?.string else {
                throw wrong("model.\(name)", "a string")
            }
            return text
        }
        func positive(_ value: JSONValue?, _ field: String) throws(FieldError) -> Int {
            guard let number = value?.integer, number > 0 else {
                throw wrong(field, "a positive whole number")
            }
            return number
        }
        let version = try positive(value[Self.versionName], Self.versionName)
        guard version <= Self.currentVersion else {
            throw FieldError(
                "the field \"\(Self.versionName)\" is \(version), and this Kotae reads up to "
                    + "\(Self.currentVersion): a newer one is needed")
        }
        modelName = try text("name")
        fingerprint = try text("fingerprint")
        precision = try text("precision")
        maximumLength = try positive(value["model"]?["maximum_length"], "model.maximum_length")
        // Exports of before prompts could be chosen do not tell them.
        let promptsName = value["model"]?["prompts"] == nil ? PromptChoice.automatic.name : try text("prompts")
        guard let prompts = PromptChoice(name: promptsName) else {
            throw wrong("model.prompts", "one of " + PromptChoice.names.joined(separator: ", "))
        }
        self.prompts = prompts
        dimensions = try positive(value["dimensions"], "dimensions")
        guard let embedsAnswers = value["embeds_answers"]?.bool else {
            throw wrong("embeds_answers", "true or false")
        }
        self.embedsAnswers = embedsAnswers
    }
}
