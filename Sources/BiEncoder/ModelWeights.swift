internal import JSON
internal import Tensors

/// The tensors of a model, from whichever files hold them: one safetensors file, several that an index
/// names, or a checkpoint of PyTorch. Those of a module after the transformer go by its folder:
/// "2_Dense/linear.weight".
package struct ModelWeights: TensorSource {
    /// The first file, for errors.
    package let path: String
    private var tensors: [String: StoredTensor] = [:]

    /// - Throws: `ModelError` when a file is missing or damaged.
    package init(of folder: ModelFolder) throws(ModelError) {
        path = folder.weightsPaths[0]
        try self.add(Self.files(in: folder.transformerPath), prefix: "")
        for dense in folder.dense {
            try add(Self.files(in: join(folder.path, dense.path)), prefix: dense.path + "/")
        }
    }

    package subscript(name: String) -> StoredTensor? { tensors[name] }

    /// All names, sorted.
    var names: [String] { tensors.keys.sorted() }

    private mutating func add(_ files: [String], prefix: String) throws(ModelError) {
        for file in files {
            let found: [String: StoredTensor]
            if file.hasSuffix(".bin") {
                found = try TorchCheckpoint(contentsOf: file).tensors
            } else {
                let safetensors = try Safetensors(contentsOf: file)
                found = safetensors.entries.keys.reduce(into: [:]) { $0[$1] = safetensors[$1] }
            }
            for (name, tensor) in found where tensors.updateValue(tensor, forKey: prefix + name) != nil {
                throw ModelError(file, "the tensor \"\(name)\" stands in another file of the model too")
            }
        }
    }

    /// The names that a folder's weights may have, the first of which that is there is taken; those that
    /// end with ".json" name the files that tensors are spread over.
    private static let names = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
    ]

    /// The files of a folder's weights; the usual name where there are none, whose absence is then told.
    static func files(in folder: String) throws(ModelError) -> [String] {
        let name = names.first { exists(join(folder, $0)) } ?? names[0]
        let path = join(folder, name)
        guard name.hasSuffix(".json") else { return [path] }
        let index = try JSONFile(contentsOf: path)
        guard let map = index.object["weight_map"]?.object else {
            throw index.refusal("weight_map is missing: it names the file of each tensor")
        }
        var files: Set<String> = []
        for (tensor, file) in map.members {
            guard let file = file.string, !file.isEmpty, !file.contains("/"), file != ".." else {
                throw index.refusal("weight_map: the file of \"\(tensor)\" is no name of a file beside it")
            }
            files.insert(file)
        }
        guard !files.isEmpty else { throw index.refusal("weight_map names no file") }
        return files.sorted().map { join(folder, $0) }
    }
}

extension ModelWeights: ParameterSource {
    var numberCount: Int { tensors.values.reduce(0) { $0 + $1.shape.reduce(1, *) } }

    func contains(_ name: String) -> Bool { tensors[name] != nil }

    func parameters(_ names: [String], shape: [Int], depth: Int) throws(ModelError) -> [Parameter] {
        var parts: [Parameter] = []
        for name in names { parts.append(try parameter(name, shape: shape)) }
        return parts
    }
}
