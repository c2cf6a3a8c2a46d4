internal import Glibc
package import JSON

/// The files of a model's folder that tell its tokenizer: a `tokenizer.json`, or what transformers made one
/// of where there is none.
package struct TokenizerFolder: Sendable {
    /// How files without a `tokenizer.json` are read.
    package enum Layout: String, Sendable {
        /// `tokenizer.json` itself.
        case whole
        /// `vocab.txt`, of BERT and DistilBERT.
        case bert
        /// `vocab.txt`, of MPNet.
        case mpnet
        /// `vocab.txt`, of a BERT that takes the words of MeCab.
        case japaneseBert
        /// `sentencepiece.bpe.model`, of XLM-RoBERTa and of others with its numbering.
        case xlmRoberta
        /// `sentencepiece.bpe.model`, of CamemBERT.
        case camembert
        /// `spiece.model`, of ALBERT.
        case albert
        /// `spiece.model`, of T5.
        case t5
    }

    /// The file that has the vocabulary, which errors name.
    package let path: String
    /// Every file that has a say in what a text's tokens are.
    package let paths: [String]
    private let folder: String
    package let layout: Layout

    /// - Parameter file: a `tokenizer.json`, whatever it is called.
    package init(file: String) {
        path = file
        paths = [file]
        folder = ""
        layout = .whole
    }

    /// - Parameters:
    ///   - folder: of the transformer.
    ///   - modelType: `model_type` of its `config.json`.
    /// - Throws: when there is no vocabulary, when the tokenizer is of a class that is not known, and when it needs a
    ///   dictionary that is not installed.
    package init(_ folder: String, modelType: String?) throws(TokenizerError) {
        self.folder = folder
        func exists(_ name: String) -> Bool { access("\(folder)/\(name)", F_OK) == 0 }
        let vocabularies = ["vocab.txt", "sentencepiece.bpe.model", "spiece.model"].filter(exists)
        if !exists("tokenizer.json"), vocabularies.isEmpty {
            throw TokenizerError(
                kind: .unreadable, path: "\(folder)/tokenizer.json",
                reason: "there is no such file, nor one that would do: vocab.txt, sentencepiece.bpe.model or spiece.model")
        }
        if exists("tokenizer.json") {
            path = "\(folder)/tokenizer.json"
            paths = [path]
            layout = .whole
            return
        }
        let settings = try TokenizerSettings(folder: folder, existing: exists)
        let name = settings.tokenizerClass ?? modelType ?? ""
        let (layout, file) = try Self.layout(of: name, isSentencePiece: !vocabularies.contains("vocab.txt"), in: folder)
        guard exists(file) else {
            throw TokenizerError(
                kind: .unreadable, path: "\(folder)/\(file)", reason: "is missing, and so is tokenizer.json; \(name) needs one of them")
        }
        self.layout = layout
        path = "\(folder)/\(file)"
        var paths = [path] + TokenizerSettings.files.filter(exists).map { "\(folder)/\($0)" }
        if layout == .japaneseBert {
            let dictionary = try settings.mecab().dictionary.folder(path: path)
            paths += MeCabDictionary.files.map { "\(dictionary)/\($0)" }
        }
        self.paths = paths
    }

    /// - Parameter name: of a class of transformers, or of a kind of model.
    private static func layout(
        of name: String, isSentencePiece: Bool, in folder: String
    ) throws(TokenizerError) -> (Layout, file: String) {
        switch name {
        case "XLMRobertaTokenizer", "MLukeTokenizer", "xlm-roberta": return (.xlmRoberta, "sentencepiece.bpe.model")
        // multilingual-e5-small is a BERT with the tokenizer of XLM-RoBERTa.
        case "bert" where isSentencePiece, "luke" where isSentencePiece: return (.xlmRoberta, "sentencepiece.bpe.model")
        case "CamembertTokenizer", "camembert": return (.camembert, "sentencepiece.bpe.model")
        case "BertTokenizer", "DistilBertTokenizer", "bert", "distilbert": return (.bert, "vocab.txt")
        case "MPNetTokenizer", "mpnet": return (.mpnet, "vocab.txt")
        case "AlbertTokenizer": return (.albert, "spiece.model")
        case "T5Tokenizer": return (.t5, "spiece.model")
        case "BertJapaneseTokenizer": return (.japaneseBert, "vocab.txt")
        default:
            throw TokenizerError(
                kind: .unsupported, path: "\(folder)/tokenizer.json",
                reason: "there is no such file, and of \(name.isEmpty ? "a model that says no tokenizer_class" : name) the "
                    + "vocabulary alone is not supported; of BERT (Japanese ones too), DistilBERT, MPNet, XLM-RoBERTa, "
                    + "mLUKE, CamemBERT, ALBERT and T5 it is")
        }
    }

    /// Whether it is a `tokenizer.json`, which needs nothing else.
    package var isWhole: Bool { layout == .whole }

    /// The contents of the `tokenizer.json`, or what they would be: as transformers 5 makes them.
    package func json() throws(TokenizerError) -> JSONValue {
        let bytes = try Tokenizer.read(path)
        if layout == .whole { return try Tokenizer.json(bytes, path: path) }
        let settings = try TokenizerSettings(folder: folder) { paths.contains("\(folder)/\($0)") }
        switch layout {
        case .whole, .bert, .mpnet: return try VocabularyFile(bytes, path: path).tokenizer(isMPNet: layout == .mpnet, settings)
        case .japaneseBert: return try VocabularyFile(bytes, path: path).japaneseTokenizer(settings)
        case .xlmRoberta: return try SentencePieceModel(bytes, path: path).xlmRobertaTokenizer(settings, path: path)
        case .albert: return try SentencePieceModel(bytes, path: path).albertTokenizer(settings, path: path)
        case .t5: return try SentencePieceModel(bytes, path: path).t5Tokenizer(settings, path: path)
        case .camembert: return try SentencePieceModel(bytes, path: path).camembertTokenizer(settings, path: path)
        }
    }
}
