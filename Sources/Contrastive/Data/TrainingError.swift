/// Why a training cannot begin or go on.
public struct TrainingError: Error, Equatable, CustomStringConvertible {
    /// The file or setting at fault; empty for the whole.
    public let subject: String
    public let reason: String

    public init(_ subject: String, _ reason: String) {
        self.subject = subject
        self.reason = reason
    }

    public var description: String { subject.isEmpty ? reason : "\(subject): \(reason)" }
}
