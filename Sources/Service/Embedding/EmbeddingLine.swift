package import BiEncoder

/// Requests in a line, from which batches are formed.
///
/// Each batch takes from the first request until it is full; a request that has texts left goes to the
/// end of the line, so that one of many texts is not in the way of those behind it.
package struct EmbeddingLine {
    /// Some texts of several requests, to be embedded together.
    package struct Batch: Sendable {
        package var texts = TokenizedTexts()
        /// For each text, whose it is, and which of its texts.
        package var places: [(request: EmbeddingRequest, text: Int)] = []
        package var tokens = 0
    }

    private struct Place {
        let request: EmbeddingRequest
        /// The first of its texts that is not in a batch yet.
        var next = 0
        /// The tokens of the texts from there on.
        var tokens: Int
    }

    private var places: [Place] = []
    /// The tokens of all texts that wait.
    package private(set) var tokens = 0

    /// How many requests wait.
    package var count: Int { places.count }

    package init() {}

    package mutating func append(_ request: EmbeddingRequest) {
        places.append(Place(request: request, tokens: request.tokens))
        tokens += request.tokens
    }

    /// Takes requests out that fulfil a condition, and returns them.
    package mutating func remove(where isMeant: (EmbeddingRequest) -> Bool) -> [EmbeddingRequest] {
        let removed = places.filter { isMeant($0.request) }
        places.removeAll { isMeant($0.request) }
        tokens -= removed.reduce(0) { $0 + $1.tokens }
        return removed.map(\.request)
    }

    /// Takes the next texts out; nil when there are none.
    ///
    /// - Parameter limit: the most tokens, unless one text has more.
    package mutating func nextBatch(limit: Int) -> Batch? {
        var batch = Batch()
        var taken = 0
        // A request goes to the end at most once a batch.
        for _ in places.indices {
            var place = places[taken]
            let texts = place.request.texts
            let first = place.next
            while place.next < texts.count {
                let length = texts[place.next].count
                guard batch.tokens == 0 || batch.tokens + length <= limit else { break }
                batch.places.append((place.request, place.next))
                batch.tokens += length
                place.tokens -= length
                place.next += 1
            }
            batch.texts.append(contentsOf: texts.selecting(Array(first..<place.next)))
            if place.next < texts.count {
                guard place.next > first else { break }
                places.append(place)
            }
            taken += 1
            if batch.tokens >= limit { break }
        }
        places.removeFirst(taken)
        tokens -= batch.tokens
        return batch.places.isEmpty ? nil : batch
    }
}
