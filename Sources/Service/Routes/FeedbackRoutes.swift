internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import SemanticSearch

extension ServiceCore {
    /// What users say of answers; refused where no folder is given for it.
    var feedbackRoutes: [ServiceRoute] {
        [
            ServiceRoute(.post, "/indexes/{index}/feedback") { [self] request, context in
                let index = try indexes.index(named: context.pathPart("index"))
                guard let feedback else {
                    throw APIError(
                        .forbidden, "no_feedback", "this service keeps no feedback; start it with --feedback DIR")
                }
                let body = try await request.jsonObject(limit: configuration.maximumBody)
                let record = try FeedbackRecord(
                    body, index: index.name, fingerprint: index.current.model.fingerprint,
                    largestCount: configuration.maximumBatch)
                try await blocking { try feedback.append(record) }
                return Response(["kept": true], status: .created)
            }
        ]
    }
}
