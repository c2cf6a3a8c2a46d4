/// A configuration that cannot be served.
public struct ServiceError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

extension ServiceConfiguration {
    /// - Throws: `ServiceError` for settings that exclude each other or would let strangers in.
    func check() throws(ServiceError) {
        guard !indexes.isEmpty || !models.isEmpty else {
            throw ServiceError("there is nothing to serve: give an index folder, or a model with --model")
        }
        var names: Set<[UInt8]> = []
        for index in indexes where !names.insert(Array(index.name.utf8)).inserted {
            throw ServiceError(
                "two indexes have the name \"\(index.name)\"; give one another, as in NAME=DIR")
        }
        guard !tokens.isEmpty || isInsecure || isLoopback else {
            throw ServiceError(
                "\(host) can be reached by others: give --token-file, or --insecure if another program "
                    + "keeps strangers out")
        }
        guard !tokens.contains(where: \.isEmpty) else { throw ServiceError("a token is empty") }
    }

    /// Whether only programs of this machine reach the address.
    private var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
    }
}
