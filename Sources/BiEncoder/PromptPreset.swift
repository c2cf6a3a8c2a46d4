/// Prefixes with which a well-known family of models was trained, for folders that do not say them.
public enum PromptPreset: String, Sendable, CaseIterable {
    /// Wang et al., "Text Embeddings by Weakly-Supervised Contrastive Pre-training", 2022, and
    /// "Multilingual E5 Text Embeddings", 2024; GLuCoSE v2 took them over.
    case e5
    /// Tsukagoshi and Sasano, "Ruri: Japanese General Text Embeddings", 2024: its first two versions.
    case ruri
    /// The same from the third version on.
    case ruriV3 = "ruri-v3"

    public var prompts: Prompts {
        let (query, passage) =
            switch self {
            case .e5: ("query: ", "passage: ")
            case .ruri: ("クエリ: ", "文章: ")
            case .ruriV3: ("検索クエリ: ", "検索文書: ")
            }
        return Prompts(named: [("query", query), ("passage", passage)])
    }

    /// The preset of a model by the name of its folder or on its hub; nil for one of no known family.
    init?(modelNamed name: String) {
        // E5 models that take instructions have others for every task.
        let name = name.lowercased()
        let parts = Set(name.split { !$0.isLetter && !$0.isNumber })
        if name.contains("ruri-v3") || name.contains("ruri_v3") {
            self = .ruriV3
        } else if parts.contains("ruri") {
            self = .ruri
        } else if parts.contains("e5"), !parts.contains("instruct"), !parts.contains("mistral") {
            self = .e5
        } else if name.contains("glucose-base-ja-v2") {
            self = .e5
        } else {
            return nil
        }
    }
}

