internal import JSON

/// What a text is to a search. Some models were trained with a different prefix for each.
public enum Role: String, Sendable, CaseIterable {
    case query
    case passage
}

/// The prefixes that a model's folder asks for, from `config_sentence_transformers.json`.
public struct Prompts: Sendable, Equatable {
    /// By name, in the file's order.
    public let named: [(name: String, prefix: String)]
    /// The one used where no role is given.
    public let defaultName: String?

    public init(named: [(name: String, prefix: String)] = [], defaultName: String? = nil) {
        self.named = named
        self.defaultName = defaultName
    }

    init(file: JSONFile?) throws(ModelError) {
        guard let file else {
            self.init()
            return
        }
        if let value = file.object["truncate_dim"], !value.isNull {
            throw file.refusal("truncate_dim is not supported; remove it or set it to null")
        }
        let value = file.object["prompts"] ?? .null
        guard let object = value.isNull ? JSONObject() : value.object else {
            throw file.refusal("prompts is \(value.kind), expected an object")
        }
        var named: [(name: String, prefix: String)] = []
        for (name, value) in object.members where !value.isNull {
            guard let prefix = value.string else {
                throw file.refusal("the prompt \"\(name)\" is \(value.kind), expected a string")
            }
            named.append((name, prefix))
        }
        let defaultName = file.object["default_prompt_name"]?.string
        guard defaultName.map({ name in named.contains { $0.name == name } }) ?? true else {
            throw file.refusal("default_prompt_name \"\(defaultName ?? "")\" is not among prompts")
        }
        self.init(named: named, defaultName: defaultName)
    }

    /// The prefix of a text in this role; that of the default prompt when the role has none of its
    /// own; empty when there is none. Names as sentence-transformers' `encode_query` and
    /// `encode_document` look for them.
    public func prefix(for role: Role?) -> String {
        let names: [String] =
            switch role {
            case .query: ["query"]
            case .passage: ["document", "passage", "corpus"]
            case nil: []
            }
        for name in names + [defaultName].compactMap(\.self) {
            if let prompt = named.first(where: { $0.name == name }) { return prompt.prefix }
        }
        return ""
    }

    /// Whether no prompt changes a text.
    var isEmpty: Bool { named.allSatisfy(\.prefix.isEmpty) }

    public static func == (a: Prompts, b: Prompts) -> Bool {
        a.named.elementsEqual(b.named, by: ==) && a.defaultName == b.defaultName
    }
}
