internal import JSON
package import Records

/// Reads queries, `{"id", "text"}` a line, or with BEIR's names `_id`, or `query` for the text.
///
/// - Parameter encoding: of the file.
/// - Throws: `RecordError` with the line of what lacks a field, and of an id that stands there twice.
package func readQueries(
    at path: String, encoding: TextEncoding = .utf8
) throws(RecordError) -> (ids: [String], texts: [String]) {
    var records = try RecordReader(path: path, encoding: encoding)
    var ids: [String] = []
    var texts: [String] = []
    var seen: Set<[UInt8]> = []
    while let record = try records.next() {
        guard let id = record.fields["id"]?.string ?? record.fields["_id"]?.string,
            let text = record.fields["text"]?.string ?? record.fields["query"]?.string
        else {
            throw RecordError(
                path: path, line: record.line, reason: "expected the fields \"id\" and \"text\"")
        }
        guard seen.insert(Array(id.utf8)).inserted else {
            throw RecordError(
                path: path, line: record.line, reason: "the query \"\(id)\" stands there twice")
        }
        ids.append(id)
        texts.append(text)
    }
    return (ids, texts)
}
