internal import HTTPTypes

extension HTTPFields {
    /// The header by which a request is found in the log, and one that tells how many texts were cut.
    enum ServiceHeader: String {
        case requestID = "x-request-id"
        case truncatedTexts = "kotae-truncated-texts"
        case contentSecurityPolicy = "content-security-policy"
        case referrerPolicy = "referrer-policy"
    }

    mutating func set(_ header: ServiceHeader, to value: String) {
        // The names above are all valid ones.
        if let name = HTTPField.Name(header.rawValue) { self[name] = value }
    }
}
