/// Why a model could not be fetched from the hub.
public enum HubError: Error, Equatable, CustomStringConvertible {
    /// The text is no name that a model on the hub can have.
    case wrongName(String)
    /// The text is no revision: a branch, a tag or a commit.
    case wrongRevision(String)
    /// A variable of the environment, or the file of the token, holds what cannot be used.
    case wrongSetting(_ name: String, reason: String)
    /// HF_HUB_OFFLINE is set.
    case offline
    /// None of these models is on the hub, or not for this user.
    case noModel([String], endpoint: String, hasToken: Bool)
    case noRevision(String, model: String, endpoint: String)
    /// The hub knows the model and does not give it to this user.
    case refused(_ model: String, endpoint: String, hasToken: Bool, said: String?)
    /// The hub does not accept the token.
    case tokenRefused(endpoint: String)
    /// The hub asks for fewer requests, or for a longer wait than is reasonable.
    case tooManyRequests(endpoint: String, seconds: Int?)
    /// No connection came about.
    case unreachable(_ host: String, reason: String)
    /// Bytes stopped to come, more often than was tried again.
    case interrupted(_ subject: String, reason: String)
    /// An answer that is neither the file nor one of the above.
    case failed(_ subject: String, status: Int, host: String)
    /// The hub says something that no hub should say.
    case invalidAnswer(_ subject: String, reason: String)
    case wrongSize(_ file: String, expected: Int, found: Int)
    case wrongHash(_ file: String, expected: String, found: String)
    /// The model has no files that could be a sentence encoder here.
    case unsuitable(_ model: String, reason: String)

    public var description: String {
        switch self {
        case .wrongName(let name):
            "\(quoted(name)) is no model's name; NAME or ORG/NAME of letters, digits, \".\", \"_\" and \"-\" is"
        case .wrongRevision(let revision):
            "\(quoted(revision)) is no revision; a branch, a tag or a commit is"
        case .wrongSetting(let name, let reason): "\(name): \(reason)"
        case .offline: "HF_HUB_OFFLINE is set, so nothing is fetched; unset it to pull a model"
        case .noModel(let names, let endpoint, let hasToken):
            "\(endpoint) has no model \(names.joined(separator: " or "))"
                + (hasToken
                    ? " that the token in use may read"
                    : "; for a private one set HF_TOKEN to a token that may read it")
        case .noRevision(let revision, let model, let endpoint):
            "\(model) has no revision \(quoted(revision)) at \(endpoint); a branch, a tag or a commit is expected"
        case .refused(let model, let endpoint, let hasToken, let said):
            "\(endpoint) does not give \(model)\(said.map { " (\"\($0)\")" } ?? ""): "
                + (hasToken
                    ? "the token in use may not read it; ask for access at \(endpoint)/\(model)"
                    : "ask for access at \(endpoint)/\(model), then set HF_TOKEN to a token of yours")
        case .tokenRefused(let endpoint):
            "\(endpoint) does not accept the token; set HF_TOKEN to a valid one, or to none for public models"
        case .tooManyRequests(let endpoint, let seconds):
            "\(endpoint) had too many requests"
                + (seconds.map { " and wants the next in \($0) seconds" } ?? "; try again later")
        case .unreachable(let host, let reason): "\(host) cannot be reached: \(reason)"
        case .interrupted(let subject, let reason):
            "\(subject): \(reason); pulling again goes on where this ended"
        case .failed(let subject, let status, let host): "\(subject): \(host) answered with status \(status)"
        case .invalidAnswer(let subject, let reason): "\(subject): \(reason)"
        case .wrongSize(let file, let expected, let found):
            "\(file): expected \(expected) bytes, found \(found); what was fetched of it is removed"
        case .wrongHash(let file, let expected, let found):
            "\(file): expected the hash \(expected), found \(found); what was fetched of it is removed"
        case .unsuitable(let model, let reason): "\(model): \(reason)"
        }
    }
}
