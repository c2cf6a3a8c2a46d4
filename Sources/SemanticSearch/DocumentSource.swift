/// Documents that can be read several times from the first to the last.
public protocol DocumentSource {
    /// Calls `body` with each document in order.
    ///
    /// - Throws: what `body` throws, and what is wrong with the documents.
    func forEach(_ body: (Document) throws -> Void) throws
}

extension [Document]: DocumentSource {}
