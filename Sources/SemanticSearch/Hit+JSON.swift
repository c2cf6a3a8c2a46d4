internal import EmbeddingStore
package import JSON

extension Hit {
    /// As programs read it: `id`, `score`, `question`, `answer`, `passage`, `fields`, and on demand how
    /// the score comes about.
    package func json(explained: Bool) -> JSONObject {
        var object: JSONObject = [
            "id": .string(document.id),
            "score": .number(Double(score).shortestAsFloat32),
            "question": .string(document.question),
            "answer": document.answer.map { .string($0) } ?? .null,
            "passage": .string(passage),
            "fields": .object(document.fields),
        ]
        if explained { object["explanation"] = self.explained.json }
        return object
    }

    /// The explanation; a plain search by meaning has the cosine alone.
    package var explained: HitExplanation {
        explanation ?? HitExplanation(cosine: score)
    }
}

extension HitExplanation {
    package var json: JSONValue {
        [
            "cosine": cosine.map { .number(Double($0).shortestAsFloat32) } ?? .null,
            "cosine_rank": cosineRank.map { .integer($0) } ?? .null,
            "bm25": bm25.map { .number($0.shortestAsFloat32) } ?? .null,
            "bm25_rank": bm25Rank.map { .integer($0) } ?? .null,
            "words": .array(
                words.map { ["term": .string($0.term), "score": .number($0.score.shortestAsFloat32)] }),
        ]
    }
}
