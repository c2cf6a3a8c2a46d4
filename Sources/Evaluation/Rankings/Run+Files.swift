internal import Files
package import Records

extension Run {
    /// Reads TREC's format, a result a line: query, Q0, document, rank, score, name of the run.
    /// The rank is passed over, as trec_eval does; the scores decide.
    ///
    /// - Throws: `RecordError` with the line for a line of another number of columns, a score that is
    ///   not a number, and a document that a query has twice; and for a file that cannot be read or
    ///   has no results.
    package init(contentsOf path: String) throws(RecordError) {
        var reader = try LineReader(path: path)
        var builder = RunBuilder()
        var lines: [Int32] = []
        var cells = Cells()
        try reader.forEachLine { (line, number) throws(RecordError) in
            cells.split(line)
            guard !cells.ranges.isEmpty else { return }
            guard cells.ranges.count == 6 else {
                throw RecordError(
                    path: path, line: number,
                    reason: "\(cells.ranges.count) columns, expected 6: query, Q0, document, rank, "
                        + "score and the run's name")
            }
            let text = cells.text(4, of: line)
            guard let score = Double(text), !score.isNaN else {
                throw RecordError(
                    path: path, line: number,
                    reason: "the score is \"\(text)\", expected a number")
            }
            guard number < Int32.max else {
                throw RecordError(path: path, line: number, reason: "more lines than can be counted")
            }
            builder.add(cells.bytes(0, of: line), cells.bytes(2, of: line), Float(score))
            lines.append(Int32(number))
        }
        guard !lines.isEmpty else {
            throw RecordError(path: path, reason: "there are no results in this file")
        }
        do throws(RunBuilder.Repetition) {
            self = try builder.run()
        } catch {
            throw RecordError(path: path, line: Int(lines[error.row]), reason: error.reason)
        }
    }

    /// Writes TREC's format, which `init(contentsOf:)` reads as the same run. Queries without results
    /// leave no line.
    ///
    /// - Parameter tag: the run's name, without white space.
    /// - Throws: `EvaluationError` for an id that the format cannot hold, `FileError` when the file
    ///   cannot be written.
    package func write(to path: String, tag: String = "kotae") throws {
        try DurableFile.write(to: path) { write in
            for query in 0..<queryIDs.count {
                let name = try trecCell(queryIDs[query])
                var text = ""
                for place in starts[query]..<starts[query + 1] {
                    let document = try trecCell(documentIDs[Int(documents[place])])
                    let rank = place - starts[query] + 1
                    text += "\(name) Q0 \(document) \(rank) \(scores[place]) \(tag)\n"
                }
                try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
            }
        }
    }
}

/// An id as TREC's formats hold it.
func trecCell(_ id: String) throws(EvaluationError) -> String {
    guard !id.isEmpty, !id.utf8.contains(where: { $0 <= 0x20 }) else {
        throw EvaluationError("the id \"\(id)\" has white space or is empty, which TREC's formats cannot hold")
    }
    return id
}
