internal import Glibc
internal import JSON
public import Tensors
package import Tokenization

/// What the small files of a sentence-transformers folder say of a model, before its weights are
/// touched.
///
/// Both the keys written since version 2 and those written since 5.4 are read. A folder without
/// `modules.json` is a bare transformer and gets mean pooling, as sentence-transformers does.
public struct ModelFolder: Sendable {
    /// The folder, as it was given.
    public let path: String
    /// Where the transformer's own files are: the folder or one inside it.
    let transformerPath: String
    let config: JSONFile
    /// How token vectors become one vector; several are put side by side.
    public let pooling: [Pooling]
    /// Whether the prompt's tokens take part in pooling.
    public let includesPrompt: Bool
    /// Whether the model ends with scaling to unit length.
    public let normalizes: Bool
    public let prompts: Prompts
    /// Where these prompts are from: never `automatic`, but what that came to.
    public let promptChoice: PromptChoice
    /// The most tokens of a text that the model reads, special tokens included; nil when only its
    /// positions limit it.
    public let maximumLength: Int?

    /// The linear layers after pooling, in their order.
    let dense: [DenseDescription]
    /// The files of the transformer's weights, and of the layers after pooling.
    package let weightsPaths: [String]

    /// The files that tell the tokenizer.
    package let tokenizer: TokenizerFolder

    /// The file with the tokenizer's vocabulary.
    public var tokenizerPath: String { tokenizer.path }

    /// - Parameter choice: which prompts texts get.
    /// - Throws: `ModelError` naming the file and the field that is missing, wrong or not supported.
    public init(_ path: String, prompts choice: PromptChoice = .automatic) throws(ModelError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw ModelError(path, errno == ENOENT ? "there is no such folder" : systemReason(errno))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw ModelError(path, "this is not a folder; a model is a folder of files")
        }
        self.path = path
        let modules = try Modules(folder: path)
        transformerPath = join(path, modules.transformer)
        config = try JSONFile(contentsOf: join(transformerPath, "config.json"))
        do {
            tokenizer = try TokenizerFolder(transformerPath, modelType: config.object["model_type"]?.string)
        } catch {
            throw ModelError(error)
        }
        normalizes = modules.normalizes
        var dense: [DenseDescription] = []
        for path in modules.dense { dense.append(try DenseDescription(path, in: self.path)) }
        self.dense = dense
        var weights = try ModelWeights.files(in: transformerPath)
        for layer in dense { weights += try ModelWeights.files(in: join(path, layer.path)) }
        weightsPaths = weights
        if let poolingPath = modules.pooling {
            let file = try JSONFile(contentsOf: join(join(path, poolingPath), "config.json"))
            pooling = try Self.poolingModes(file)
            includesPrompt = try file.bool("include_prompt", default: true)
        } else {
            pooling = [.mean]
            includesPrompt = true
        }
        let own = try Prompts(file: optionalFile(join(path, "config_sentence_transformers.json")))
        if choice == .automatic {
            let family = own.isEmpty ? PromptPreset(modelNamed: Self.names(path, config)) : nil
            promptChoice = family.map(PromptChoice.preset) ?? .folder
        } else {
            promptChoice = choice
        }
        prompts =
            switch promptChoice {
            case .automatic, .folder: own
            case .none: Prompts()
            case .preset(let preset): preset.prompts
            }
        maximumLength = try Self.maximumLength(transformerPath)
    }

    /// What a model is called: by its folder, and by the name that it was loaded by when it was saved.
    private static func names(_ path: String, _ config: JSONFile) -> String {
        name(of: path) + " " + (config.object["_name_or_path"]?.string ?? "")
    }

    /// What the model in a folder is called: `ORG/NAME` in the hub's cache, elsewhere as the folder.
    public static func name(of path: String) -> String {
        HubCache.name(ofSnapshot: path) ?? path.split(separator: "/").last.map(String.init) ?? path
    }

    private static func poolingModes(_ file: JSONFile) throws(ModelError) -> [Pooling] {
        if let value = file.object["pooling_mode"] {
            let names = value.array ?? [value]
            var modes: [Pooling] = []
            for name in names {
                guard let mode = name.string.flatMap(Pooling.init) else {
                    let known = Pooling.allCases.map(\.rawValue).joined(separator: ", ")
                    throw file.refusal("pooling_mode \(name) is not known; \(known) are")
                }
                modes.append(mode)
            }
            guard !modes.isEmpty else { throw file.refusal("pooling_mode is empty") }
            // Several are concatenated in the order of the old keys, whatever order is written.
            return Pooling.allCases.filter(modes.contains)
        }
        let oldKeys: [(String, Pooling)] = [
            ("pooling_mode_cls_token", .cls), ("pooling_mode_max_tokens", .max),
            ("pooling_mode_mean_tokens", .mean),
            ("pooling_mode_mean_sqrt_len_tokens", .meanSqrtLength),
            ("pooling_mode_weightedmean_tokens", .weightedMean),
            ("pooling_mode_lasttoken", .lastToken),
        ]
        var modes: [Pooling] = []
        for (key, mode) in oldKeys where try file.bool(key, default: false) { modes.append(mode) }
        return modes.isEmpty ? [.mean] : modes
    }

    private static func maximumLength(_ folder: String) throws(ModelError) -> Int? {
        if let file = try optionalFile(join(folder, "sentence_bert_config.json")) {
            guard try !file.bool("do_lower_case", default: false) else {
                throw file.refusal("do_lower_case true is not supported; false is")
            }
            if let value = file.object["max_seq_length"], !value.isNull {
                return try file.size("max_seq_length")
            }
        }
        // transformers writes a huge number (1e30) where a tokenizer knows no limit.
        if let file = try optionalFile(join(folder, "tokenizer_config.json")),
            let value = file.object["model_max_length"]?.integer, value > 0, value <= 1 << 24
        {
            return value
        }
        return nil
    }
}

/// `modules.json`: which modules the model is made of, and in which folders.
private struct Modules {
    var transformer = ""
    var pooling: String?
    var dense: [String] = []
    var normalizes = false

    init(folder: String) throws(ModelError) {
        let path = join(folder, "modules.json")
        guard exists(path) else { return }
        let value = try JSONFile.value(contentsOf: path)
        guard let modules = value.array, !modules.isEmpty else {
            throw ModelError(path, "holds \(value.kind) where a list of modules should be")
        }
        for (index, module) in modules.enumerated() {
            guard let type = module["type"]?.string, let folder = module["path"]?.string else {
                throw ModelError(path, "module \(index) has no \"type\" and \"path\"")
            }
            guard !folder.hasPrefix("/"), !folder.split(separator: "/").contains("..") else {
                throw ModelError(path, "module \(index): the path \"\(folder)\" leaves the folder")
            }
            // Packages were renamed over time (sentence_transformers.models.Pooling became
            // sentence_transformers.sentence_transformer.modules.pooling.Pooling); the last part
            // of the name has not changed.
            let name = type.split(separator: ".").last.map(String.init) ?? type
            guard type.hasPrefix("sentence_transformers.") else {
                throw ModelError(path, "module \(index): the type \(type) is not supported")
            }
            switch (name, index) {
            case ("Transformer", 0): transformer = folder
            case ("Pooling", 1): pooling = folder
            case ("Dense", 2...) where !normalizes: dense.append(folder)
            case ("Normalize", 2...): normalizes = true
            default:
                throw ModelError(
                    path,
                    "module \(index): \(name) is not supported here; a Transformer, a Pooling, any Dense "
                        + "and optionally a Normalize in this order are")
            }
        }
    }
}

func join(_ folder: String, _ name: String) -> String {
    name.isEmpty ? folder : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

private func optionalFile(_ path: String) throws(ModelError) -> JSONFile? {
    exists(path) ? try JSONFile(contentsOf: path) : nil
}
