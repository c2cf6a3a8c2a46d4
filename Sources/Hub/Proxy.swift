/// The server that requests go through, where the environment names one.
package struct Proxy: Sendable, Equatable {
    package let host: String
    package let port: Int

    /// What `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` say of an endpoint, in small letters or, but for
    /// `http_proxy`, in capitals: what calls itself a CGI script has HTTP_PROXY from whoever calls it.
    ///
    /// - Returns: nil for none.
    /// - Throws: `HubError.wrongSetting` for a proxy that is no address of http.
    init?(for endpoint: Address, environment: (String) -> String?) throws(HubError) {
        let names = endpoint.isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
        let named = (names + ["all_proxy", "ALL_PROXY"]).map { ($0, environment($0) ?? "") }
        guard let (name, text) = named.first(where: { !$0.1.isEmpty }) else { return nil }
        let exceptions = environment("no_proxy") ?? environment("NO_PROXY") ?? ""
        guard !Self.isExcepted(endpoint.name, exceptions) else { return nil }
        guard let address = Address(text.contains("://") ? text : "http://" + text), !address.isSecure else {
            throw .wrongSetting(
                name, reason: "holds no address of a proxy such as http://proxy.example:3128, without a password")
        }
        host = address.name
        port = address.port
    }

    /// - Parameter list: hosts and domains, separated by commas; "*" stands for all.
    private static func isExcepted(_ host: String, _ list: String) -> Bool {
        list.lowercased().split { $0 == "," || $0.isWhitespace }.contains { entry in
            let domain = entry.hasPrefix(".") ? entry.dropFirst() : entry
            return entry == "*" || host == domain || host.hasSuffix("." + domain)
        }
    }
}
