internal import JSON

/// A text of others between quotation marks, on one line, its control characters escaped.
func quoted(_ text: String) -> String {
    JSONValue.string(text.count > 200 ? text.prefix(200) + "…" : text).description
}
