internal import Files
package import Records

extension Qrels {
    /// Reads judgements, one a line: TREC's query, iteration, document and relevance; or BEIR's query,
    /// document and score, mostly under the header `query-id corpus-id score`.
    ///
    /// - Throws: `RecordError` with the line for a line of another number of columns, a relevance that
    ///   is not a whole number, and a document that a query has twice with different relevances; and
    ///   for a file that cannot be read or has no judgements.
    package init(contentsOf path: String) throws(RecordError) {
        var builder = QrelsBuilder()
        var lines: [Int] = []
        try Self.forEachJudgement(in: path) { (query, document, relevance, line) in
            builder.add(query, document, relevance)
            lines.append(line)
        }
        do throws(QrelsBuilder.Contradiction) {
            self = try builder.qrels(lines: lines)
        } catch {
            throw RecordError(path: path, line: lines[error.row], reason: error.reason)
        }
    }

    /// Lends every judgement of a file as `init(contentsOf:)` reads it: the ids of query and document
    /// as UTF-8 bytes, the relevance, and the line.
    ///
    /// - Throws: as `init(contentsOf:)`, but for contradictions, which are not looked for.
    package static func forEachJudgement(
        in path: String,
        _ body: (
            _ query: UnsafeBufferPointer<UInt8>, _ document: UnsafeBufferPointer<UInt8>,
            _ relevance: Int32, _ line: Int
        ) -> Void
    ) throws(RecordError) {
        var reader = try LineReader(path: path)
        var isEmpty = true
        var cells = Cells()
        try reader.forEachLine { (line, number) throws(RecordError) in
            cells.split(line)
            let count = cells.ranges.count
            if count == 0 || number == 1 && cells.text(0, of: line) == "query-id" { return }
            guard count == 3 || count == 4 else {
                throw RecordError(
                    path: path, line: number,
                    reason: "\(count) columns, expected 4 (query, 0, document, relevance) or 3 "
                        + "(query, document, score)")
            }
            let text = cells.text(count - 1, of: line)
            guard let relevance = Int32(text) else {
                throw RecordError(
                    path: path, line: number,
                    reason: "the relevance is \"\(text)\", expected a whole number")
            }
            isEmpty = false
            body(cells.bytes(0, of: line), cells.bytes(count - 2, of: line), relevance, number)
        }
        if isEmpty { throw RecordError(path: path, reason: "there are no judgements in this file") }
    }

    /// Writes TREC's format, which `init(contentsOf:)` reads as the same judgements.
    ///
    /// - Throws: `EvaluationError` for an id that the format cannot hold, `FileError` when the file
    ///   cannot be written.
    package func write(to path: String) throws {
        var text = ""
        for query in 0..<queryIDs.count {
            let name = try trecCell(queryIDs[query])
            for place in starts[query]..<starts[query + 1] {
                let document = try trecCell(documentIDs[Int(documents[place])])
                text += "\(name) 0 \(document) \(relevances[place])\n"
            }
        }
        try DurableFile.write(text, to: path)
    }
}
