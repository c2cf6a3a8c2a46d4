internal import BiEncoder
internal import JSON

/// A step of a model that `modules.json` names.
struct Module {
    let isTransformer: Bool
    /// Its folder, empty for the model's own.
    let path: String

    func file(_ name: String) -> String { path.isEmpty ? name : "\(path)/\(name)" }

    /// - Parameter value: the content of `modules.json`.
    static func list(_ value: JSONValue) throws(HubError) -> [Module] {
        func wrong(_ reason: String) -> HubError { .invalidAnswer("modules.json", reason: reason) }
        guard let elements = value.array, !elements.isEmpty else { throw wrong("a list of modules is expected") }
        var modules: [Module] = []
        for (index, element) in elements.enumerated() {
            guard let type = element["type"]?.string, let path = element["path"]?.string else {
                throw wrong("module \(index) has no \"type\" and \"path\"")
            }
            guard path.isEmpty || isInnerPath(path) else {
                throw wrong("module \(index): the path \(quoted(path)) is none within the model's folder")
            }
            modules.append(Module(isTransformer: type.split(separator: ".").last == "Transformer", path: path))
        }
        return modules
    }
}
