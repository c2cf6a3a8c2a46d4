/// Which prefixes a model's texts get.
public enum PromptChoice: Sendable, Equatable {
    /// The folder's, or where it has none those of its family, known by its name.
    case automatic
    /// The folder's own, whatever the model is called.
    case folder
    case none
    case preset(PromptPreset)

    /// - Parameter name: as options and an index's manifest write it; see `name`.
    public init?(name: String) {
        switch name {
        case "auto": self = .automatic
        case "folder": self = .folder
        case "none": self = .none
        default:
            guard let preset = PromptPreset(rawValue: name) else { return nil }
            self = .preset(preset)
        }
    }

    /// "auto", "folder", "none" or a preset's name.
    public var name: String {
        switch self {
        case .automatic: "auto"
        case .folder: "folder"
        case .none: "none"
        case .preset(let preset): preset.rawValue
        }
    }

    /// Every name that there is.
    public static let names = ["auto", "folder", "none"] + PromptPreset.allCases.map(\.rawValue)
}
