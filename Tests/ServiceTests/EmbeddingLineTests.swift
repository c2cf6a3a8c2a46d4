import BiEncoder
import Service
import Testing

/// How batches are formed of requests that wait.
@Suite struct EmbeddingLineTests {
    @Test func `requests that wait are embedded together, up to the limit`() throws {
        let encoder = try tinyEncoder()
        var line = EmbeddingLine()
        let requests = (0..<5).map { _ in request(["why not"], encoder) }
        for request in requests { line.append(request) }
        let each = requests[0].tokens
        #expect(line.tokens == 5 * each && line.count == 5)
        let first = try batch(from: &line, limit: 3 * each)
        #expect(first.places.map(\.text) == [0, 0, 0] && first.tokens == 3 * each)
        #expect(first.places[2].request === requests[2])
        let next1 = line.nextBatch(limit: 3 * each)
        #expect(next1?.places.count == 2)
        let next2 = line.nextBatch(limit: 3 * each)
        #expect(next2 == nil && line.tokens == 0)
    }

    @Test func `a request of many texts is not in the way of those behind it`() throws {
        let encoder = try tinyEncoder()
        var line = EmbeddingLine()
        let many = request([String](repeating: "why not", count: 10), encoder)
        let one = request(["who is in it"], encoder)
        line.append(many)
        line.append(one)
        let each = many.texts[0].count
        let first = try batch(from: &line, limit: 4 * each)
        #expect(first.places.allSatisfy { $0.request === many } && first.places.map(\.text) == [0, 1, 2, 3])
        let second = try batch(from: &line, limit: 4 * each)
        #expect(second.places[0].request === one)
        #expect(second.places.dropFirst().map(\.text) == Array(4..<4 + second.places.count - 1))
        var rest: [Int] = []
        while let batch = line.nextBatch(limit: 4 * each) { rest += batch.places.map(\.text) }
        #expect(rest.last == 9 && line.count == 0 && line.tokens == 0)
    }

    @Test func `a text beyond the limit is a batch by itself`() throws {
        let encoder = try tinyEncoder()
        var line = EmbeddingLine()
        line.append(request(["why not", "who is in it"], encoder))
        let next3 = line.nextBatch(limit: 1)
        #expect(next3?.places.map(\.text) == [0])
        let next4 = line.nextBatch(limit: 1)
        #expect(next4?.places.map(\.text) == [1])
        let next5 = line.nextBatch(limit: 1)
        #expect(next5 == nil)
    }

    @Test func `whoever goes away frees the place`() throws {
        let encoder = try tinyEncoder()
        var line = EmbeddingLine()
        let stays = request(["why not"], encoder)
        let goes = request(["who is in it"], encoder)
        line.append(goes)
        line.append(stays)
        let removed = line.remove { $0 === goes }
        #expect(removed.count == 1)
        #expect(line.count == 1 && line.tokens == stays.tokens)
        let next6 = line.nextBatch(limit: 100)
        #expect(next6?.places.allSatisfy { $0.request === stays } == true)
    }
}

private func request(_ texts: [String], _ encoder: BiEncoder) -> EmbeddingRequest {
    EmbeddingRequest(encoder.tokenize(texts), dimensions: encoder.dimensions, deadline: .now)
}

/// The next batch, which there has to be.
private func batch(from line: inout EmbeddingLine, limit: Int) throws -> EmbeddingLine.Batch {
    let batch = line.nextBatch(limit: limit)
    return try #require(batch)
}
