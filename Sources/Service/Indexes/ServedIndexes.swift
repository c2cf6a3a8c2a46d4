internal import HTTPTypes

/// The indexes of a service, by name.
struct ServedIndexes: Sendable {
    /// In the order in which they were given.
    let all: [ServedIndex]

    /// The index that a path names.
    ///
    /// - Throws: `APIError` with 404 when there is none.
    func index(named name: String) throws -> ServedIndex {
        if let index = all.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return index }
        let names = all.map { "\"\($0.name)\"" }.joined(separator: ", ")
        throw APIError(
            .notFound, "unknown_index",
            "there is no index \"\(name)\" here; "
                + (names.isEmpty ? "this service has none" : "there are: \(names)"),
            parameter: "index")
    }
}
