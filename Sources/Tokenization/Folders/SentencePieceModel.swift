/// What a file of SentencePiece says (sentencepiece_model.proto: ModelProto).
struct SentencePieceModel {
    struct Piece {
        let text: String
        let score: Float
        let kind: Kind
    }

    /// `ModelProto.SentencePiece.Type`.
    enum Kind: UInt64 {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    /// `TrainerSpec.ModelType`.
    enum Algorithm: UInt64 {
        case unigram = 1
        case bpe, word, character
    }

    private(set) var pieces: [Piece] = []
    private(set) var algorithm = Algorithm.unigram
    /// `NormalizerSpec.precompiled_charsmap`; empty for none.
    private(set) var characterMap: [UInt8] = []

    /// - Parameter path: what errors call the file.
    /// - Throws: for what is no such message, and for values that are not known.
    init(_ bytes: [UInt8], path: String) throws(TokenizerError) {
        func refusal(_ field: String, _ reason: String) -> TokenizerError {
            TokenizerError(kind: .invalid, path: path, field: field, reason: reason)
        }
        do {
            var reader = ProtobufReader(bytes[...])
            while let (field, value) = try reader.next() {
                switch (field, value) {
                case (1, .bytes(let message)):
                    guard let piece = try Self.piece(message) else {
                        throw refusal("pieces[\(pieces.count)]", "should be a text in UTF-8 with a score and a known type")
                    }
                    pieces.append(piece)
                case (2, .bytes(let message)):
                    guard let algorithm = try Self.algorithm(message) else {
                        throw refusal("trainer_spec.model_type", "is not known")
                    }
                    self.algorithm = algorithm
                case (3, .bytes(let message)):
                    guard let map = try Self.characterMap(message) else {
                        throw refusal("normalizer_spec.precompiled_charsmap", "should be bytes")
                    }
                    characterMap = map
                case (1...3, _):
                    throw refusal("field \(field)", "should be a message")
                default:
                    continue
                }
            }
        } catch let failure as ProtobufReader.Failure {
            throw refusal("", "no model of SentencePiece: the bytes from \(failure.place) on are no field")
        } catch let error as TokenizerError {
            throw error
        } catch {
            throw refusal("", "\(error)")
        }
        guard !pieces.isEmpty else { throw refusal("pieces", "there are none: this is no model of SentencePiece") }
    }

    private static func piece(_ message: ArraySlice<UInt8>) throws(ProtobufReader.Failure) -> Piece? {
        var (text, score, kind): (String?, Float, UInt64) = (nil, 0, Kind.normal.rawValue)
        var reader = ProtobufReader(message)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .bytes(let bytes)): text = String(validating: bytes, as: UTF8.self)
            case (2, .fixed32(let bits)): score = Float(bitPattern: bits)
            case (3, .number(let number)): kind = number
            case (1...3, _): return nil
            default: continue
            }
        }
        guard let text, score.isFinite, let kind = Kind(rawValue: kind) else { return nil }
        return Piece(text: text, score: score, kind: kind)
    }

    private static func algorithm(_ message: ArraySlice<UInt8>) throws(ProtobufReader.Failure) -> Algorithm? {
        var algorithm: Algorithm? = .unigram
        var reader = ProtobufReader(message)
        while let (field, value) = try reader.next() {
            guard field == 3 else { continue }
            guard case .number(let number) = value else { return nil }
            algorithm = Algorithm(rawValue: number)
        }
        return algorithm
    }

    private static func characterMap(_ message: ArraySlice<UInt8>) throws(ProtobufReader.Failure) -> [UInt8]? {
        var map: [UInt8] = []
        var reader = ProtobufReader(message)
        while let (field, value) = try reader.next() {
            guard field == 2 else { continue }
            guard case .bytes(let bytes) = value else { return nil }
            map = Array(bytes)
        }
        return map
    }
}
