/// A checkpoint of PyTorch's `torch.save`, in the zip form that it has since version 1.6: a pickled
/// dictionary of tensors, and a file of numbers for each storage. `torch/serialization.py` and
/// `caffe2/serialize/inline_container.cc` say how it is laid out.
///
/// A pickle is a program. Of it only what builds dictionaries of tensors is read (`TensorPickle`);
/// anything else is refused by its name, and nothing is ever run.
struct TorchCheckpoint {
    let tensors: [String: StoredTensor]

    /// - Throws: `ModelError` when the file is damaged or holds anything but tensors.
    init(contentsOf path: String) throws(ModelError) {
        let file = try MappedFile(path)
        let archive = try ZipArchive(file)
        guard let pickle = archive.entries.keys.first(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }),
            let range = archive.entries[pickle]
        else {
            throw ModelError(
                path, "holds no data.pkl: expected a checkpoint as torch.save writes it since PyTorch 1.6")
        }
        let folder = String(pickle.dropLast("data.pkl".count))
        if let order = archive.entries[folder + "byteorder"] {
            let text = String(decoding: file.bytes[order], as: UTF8.self)
            guard text == "little" else { throw ModelError(path, "its numbers are stored \(text)-endian") }
        }
        var reader = TensorPickle(file.bytes[range])
        let pickled: [(name: String, tensor: TensorPickle.Tensor)]
        do throws(TensorPickle.Refusal) {
            pickled = try reader.tensors()
        } catch {
            throw ModelError(path, error.reason)
        }
        var tensors: [String: StoredTensor] = [:]
        for (name, tensor) in pickled {
            func refuse(_ reason: String) -> ModelError { ModelError(path, "tensor \"\(name)\": \(reason)") }
            guard let storage = archive.entries["\(folder)data/\(tensor.storage.key)"] else {
                throw refuse("its storage \(tensor.storage.key) is missing")
            }
            let type = tensor.storage.type
            guard let bytes = Self.bytes(tensor, within: storage.count / type.size) else {
                throw refuse("reaches beyond its storage of \(storage.count) bytes, or is not stored row by row")
            }
            let start = storage.lowerBound + bytes.lowerBound
            tensors[name] = StoredTensor(
                type: type, shape: tensor.shape, file: file, range: start..<start + bytes.count)
        }
        self.tensors = tensors
    }

    /// Where a tensor's bytes are in its storage; nil when they are not all there, side by side.
    private static func bytes(_ tensor: TensorPickle.Tensor, within count: Int) -> Range<Int>? {
        var size = 1
        for (length, stride) in zip(tensor.shape, tensor.strides).reversed() {
            guard length >= 0, length <= 1 || stride == size else { return nil }
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            guard !overflow else { return nil }
            size = product
        }
        guard tensor.shape.count == tensor.strides.count, tensor.offset >= 0, tensor.offset <= count,
            size <= count - tensor.offset
        else { return nil }
        let width = tensor.storage.type.size
        return tensor.offset * width..<(tensor.offset + size) * width
    }
}
