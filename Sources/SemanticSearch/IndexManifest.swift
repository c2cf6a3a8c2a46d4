public import BiEncoder
internal import EmbeddingStore
internal import FoundationEssentials
public import JSON
internal import LMDB

/// `index.json`: what an index is, for people and for other programs.
///
/// The truth is a copy of it in the folder's LMDB environment, under "manifest" in the table `meta`;
/// this file says the same in the open.
public struct IndexManifest: Sendable, Equatable {
    /// The version of the folder's layout that this Kotae writes, and the newest that it reads.
    public static let currentFormat = 2

    /// The model whose vectors an index holds.
    public struct Model: Sendable, Equatable {
        /// The last part of its path.
        public var name: String
        /// Its folder when the index was built.
        public var path: String
        /// See `BiEncoder.fingerprint`.
        public var fingerprint: String
        /// The precision that the documents were embedded in.
        public var precision: String
        /// The most tokens of a text that it reads.
        public var maximumLength: Int
        /// Which prefixes texts get before they are embedded.
        public var prompts: PromptChoice
    }

    public var format = IndexManifest.currentFormat
    /// Counts the builds and compactions of this folder; LMDB, this file and the FAISS file carry the same number.
    public var generation: Int
    public var model: Model
    public var dimensions: Int
    /// FAISS's factory string.
    public var factory: String
    /// Whether Kotae has chosen the kind by the number of vectors, so that a compaction may choose
    /// another.
    public var factoryIsChosen: Bool
    /// The share of the FAISS file's rows that a search for their own vector found when it was made.
    public var selfRetrieval = 1.0
    /// Whether answers have vectors too.
    public var embedsAnswers: Bool
    /// By what searches rank that are not told.
    public var ranking = RankingMethod.meaning
    /// Documents at that time; `SearchIndex.counts` tells how many there are now.
    public var documents: Int
    /// Texts that had a vector, each counted with every document that has it.
    public var passages: Int
    /// Rows of the FAISS file: distinct vectors.
    public var vectors: Int
    /// When this generation was made, as RFC 3339 in UTC.
    public var built: String
    /// From which score on answers may be shown; nil where no calibration has told.
    public var calibration: Calibration?

    /// Where the store has it, in the table `meta`.
    static let metaName = "manifest"
    /// Where the store has the one before, which `index.json` tells until it is written anew.
    static let formerMetaName = "former_manifest"

    /// The content of `index.json`, by what the store has.
    static func text(of json: JSONValue) -> String { json.indented + "\n" }

    public var json: JSONValue {
        var value = plain
        if let calibration { value["calibration"] = calibration.json }
        return .object(value)
    }

    /// Without what may be missing.
    private var plain: JSONObject {
        [
            "format": .integer(format),
            "generation": .integer(generation),
            "model": [
                "name": .string(model.name),
                "path": .string(model.path),
                "fingerprint": .string(model.fingerprint),
                "precision": .string(model.precision),
                "maximum_length": .integer(model.maximumLength),
                "prompts": .string(model.prompts.name),
            ],
            "dimensions": .integer(dimensions),
            "metric": "cosine",
            "factory": .string(factory),
            "factory_is_chosen": .bool(factoryIsChosen),
            "self_retrieval": .number(selfRetrieval),
            "embeds_answers": .bool(embedsAnswers),
            "ranking": .string(ranking.rawValue),
            "counts": [
                "documents": .integer(documents),
                "passages": .integer(passages),
                "vectors": .integer(vectors),
            ],
            "built": .string(built),
        ]
    }
}

extension IndexManifest {
    /// What the `index.json` of a folder tells; nil where there is none that can be read.
    public init?(ofIndexAt folder: String) {
        guard let text = try? String(contentsOfFile: folder + "/index.json", encoding: .utf8),
            let value = try? JSONValue(parsing: text),
            let manifest = try? IndexManifest(value, path: folder)
        else { return nil }
        self = manifest
    }

    /// - Parameter path: named in errors.
    /// - Throws: `IndexError` when a field is missing or wrong, or the format is a newer one.
    public init(_ value: JSONValue, path: String) throws(IndexError) {
        guard let format = value["format"]?.integer, format > 0 else {
            throw IndexError(.damaged, path, "the field \"format\" is missing: this is no index")
        }
        guard format <= Self.currentFormat else {
            throw IndexError(
                .newerFormat, path,
                "format \(format) is newer than \(Self.currentFormat), the newest that this version "
                    + "of Kotae reads; use a newer Kotae or build the index again")
        }
        func damaged(_ field: String) -> IndexError {
            IndexError(.damaged, path, "the field \"\(field)\" is missing or not what it should be")
        }
        func count(_ value: JSONValue?, _ field: String) throws(IndexError) -> Int {
            guard let number = value?.integer, number >= 0 else { throw damaged(field) }
            return number
        }
        func text(_ value: JSONValue?, _ field: String) throws(IndexError) -> String {
            guard let text = value?.string else { throw damaged(field) }
            return text
        }
        let model = value["model"]
        let counts = value["counts"]
        let factory = try text(value["factory"], "factory")
        guard let ranking = RankingMethod(ofManifest: value) else { throw damaged("ranking") }
        // Indexes of before prompts could be chosen do not tell them.
        let promptsName = model?["prompts"] ?? .string(PromptChoice.automatic.name)
        guard let prompts = PromptChoice(name: try text(promptsName, "model.prompts")) else {
            throw damaged("model.prompts")
        }
        let vectors = try count(counts?["vectors"], "counts.vectors")
        self.init(
            format: format,
            generation: try count(value["generation"], "generation"),
            model: Model(
                name: try text(model?["name"], "model.name"),
                path: try text(model?["path"], "model.path"),
                fingerprint: try text(model?["fingerprint"], "model.fingerprint"),
                precision: try text(model?["precision"], "model.precision"),
                maximumLength: try count(model?["maximum_length"], "model.maximum_length"),
                prompts: prompts),
            dimensions: try count(value["dimensions"], "dimensions"),
            factory: factory,
            factoryIsChosen: value["factory_is_chosen"]?.bool
                ?? (factory == IndexKind.factory(forVectors: vectors)),
            selfRetrieval: value["self_retrieval"]?.double ?? 1,
            embedsAnswers: value["embeds_answers"]?.bool ?? false,
            ranking: ranking,
            documents: try count(counts?["documents"], "counts.documents"),
            passages: try count(counts?["passages"], "counts.passages"),
            vectors: vectors,
            built: try text(value["built"], "built"),
            calibration: try value["calibration"].map { (value) throws(IndexError) in
                guard let calibration = Calibration(value) else { throw damaged("calibration") }
                return calibration
            })
    }
}

extension StoreTransaction where Access == ReadWrite {
    /// Makes a manifest the index's.
    mutating func setManifest(_ manifest: IndexManifest) throws {
        try setMeta(IndexManifest.formerMetaName, to: meta(IndexManifest.metaName))
        try setMeta(IndexManifest.metaName, to: manifest.json)
    }
}

extension RankingMethod {
    /// What the field "ranking" of a manifest or a calibration says: by meaning where there is none, and
    /// nil where it is unknown.
    init?(ofManifest value: JSONValue) {
        guard let field = value["ranking"] else {
            self = .meaning
            return
        }
        guard let method = field.string.flatMap(RankingMethod.init) else { return nil }
        self = method
    }
}
