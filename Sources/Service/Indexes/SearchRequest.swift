internal import Filters
internal import Hummingbird
internal import JSON
internal import SemanticSearch
internal import VectorIndex

/// What a search is for and what is wanted of it, as a request tells it.
struct SearchRequest: Sendable {
    /// What is looked for.
    enum Queries: Sendable {
        case texts([String])
        case vectors([[Float]])
        /// Documents like those with these ids.
        case documents([String])

        var count: Int {
            switch self {
            case .texts(let texts): texts.count
            case .vectors(let vectors): vectors.count
            case .documents(let ids): ids.count
            }
        }
    }

    let queries: Queries
    /// Whether the request has one query and wants one answer, not a list.
    let isSingle: Bool
    /// By what is ranked; nil for the index's own way.
    let method: RankingMethod?
    let options: SearchOptions
    let explains: Bool
    /// The members wanted of each hit beside "id" and "score"; nil for all.
    let members: [String]?
    /// The names of the documents' fields that are wanted; nil for all.
    let fields: [String]?

    /// The most documents that a request may ask for.
    static let largestLimit = 1000
    private static let allMembers = ["question", "answer", "passage", "fields"]
}

extension SearchRequest {
    private static let queryNames = ["query", "queries", "vector", "vectors", "like"]

    /// The request of a body.
    ///
    /// - Throws: `APIError`, `FilterError`.
    init(_ body: JSONObject) throws {
        try body.check(
            known: Self.queryNames + [
                "k", "min_score", "where", "hybrid", "lexical", "fields", "include", "explain",
                "ef_search", "nprobe",
            ])
        let given = Self.queryNames.filter { !(body[$0] ?? .null).isNull }
        guard given.count == 1, let name = given.first else {
            throw APIError.invalid(
                given.first ?? "query", "give one of \(Self.queryNames.joined(separator: ", "))")
        }
        switch name {
        case "query": queries = .texts([try body.string(name) ?? ""])
        case "queries": queries = .texts(try body.strings(name) ?? [])
        case "like": queries = .documents([try body.string(name) ?? ""])
        case "vector": queries = .vectors([try Self.vector(body[name], name)])
        default:
            guard let vectors = body[name]?.array else {
                throw APIError.invalid(name, "vectors is not a list of vectors")
            }
            queries = .vectors(try vectors.map { try Self.vector($0, name) })
        }
        isSingle = !name.hasSuffix("s") && name != "queries"
        var options = try Self.options(
            limit: body.integer("k"),
            minimumScore: body.optional("min_score", "a number", \.double),
            efSearch: body.integer("ef_search"), nprobe: body.integer("nprobe"))
        if let filter = body["where"], !filter.isNull {
            options.filter = try FieldFilter(parsing: filter.description)
        }
        self.options = options
        method = try Self.method(
            hybrid: body.bool("hybrid"), lexical: body.bool("lexical"), queries)
        explains = try body.bool("explain") ?? false
        fields = try body.strings("fields")
        members = try body.strings("include")
        if let other = members?.first(where: { !Self.allMembers.contains($0) }) {
            throw APIError.invalid(
                "include", "include has \"\(other)\"; known are \(Self.allMembers.joined(separator: ", "))")
        }
    }

    /// The request of a URL's query.
    ///
    /// - Throws: `APIError`, `FilterError`.
    init(_ query: RequestQuery) throws {
        guard let text = query["q"] else {
            throw APIError.invalid("q", "the parameter q is missing: what to look for")
        }
        queries = .texts([text])
        isSingle = true
        var options = try Self.options(
            limit: query.number("k", Int.self), minimumScore: query.number("min_score", Double.self),
            efSearch: query.number("ef_search", Int.self), nprobe: query.number("nprobe", Int.self))
        options.filter = try query["where"].map { try FieldFilter(parsing: $0) }
        self.options = options
        method = try Self.method(
            hybrid: query["hybrid"] == nil ? nil : query.flag("hybrid"),
            lexical: query["lexical"] == nil ? nil : query.flag("lexical"), queries)
        explains = try query.flag("explain")
        members = nil
        fields = nil
    }

    /// The parameters of a URL's query.
    static let queryParameters = [
        "q", "k", "min_score", "where", "hybrid", "lexical", "explain", "ef_search", "nprobe",
    ]

    private static func options(
        limit: Int?, minimumScore: Double?, efSearch: Int?, nprobe: Int?
    ) throws -> SearchOptions {
        let limit = limit ?? 10
        guard (1...largestLimit).contains(limit) else {
            throw APIError.invalid("k", "k is \(limit), expected 1 to \(largestLimit)")
        }
        let least = minimumScore ?? -1
        guard least.isFinite else { throw APIError.invalid("min_score", "min_score is not finite") }
        var options = SearchOptions(limit: limit, minimumScore: Float(least))
        for (name, value) in [("ef_search", efSearch), ("nprobe", nprobe)] {
            guard (1...largestEffort).contains(value ?? 1) else {
                throw APIError.invalid(name, "\(name) is \(value ?? 0), expected 1 to \(largestEffort)")
            }
        }
        options.effort = SearchEffort(efSearch: efSearch, nprobe: nprobe)
        return options
    }

    /// Beyond this a search is better done exactly.
    private static let largestEffort = 100_000

    private static func method(
        hybrid: Bool?, lexical: Bool?, _ queries: Queries
    ) throws -> RankingMethod? {
        let isOfTexts = if case .texts = queries { true } else { false }
        if hybrid == true, lexical == true {
            throw APIError.invalid("lexical", "hybrid and lexical exclude each other")
        }
        if !isOfTexts, hybrid == true || lexical == true {
            throw APIError.invalid(hybrid == true ? "hybrid" : "lexical", "a search by words wants a text")
        }
        if hybrid == true { return .meaningAndWords }
        if lexical == true { return .words }
        return hybrid == false || !isOfTexts ? .meaning : nil
    }

    private static func vector(_ value: JSONValue?, _ name: String) throws -> [Float] {
        let numbers = try value?.array?.map { element -> Float in
            guard let number = element.double.map({ Float($0) }), number.isFinite else {
                throw APIError.invalid(name, "\(name) holds \(element.kind) that is no finite float32")
            }
            return number
        }
        guard let numbers, !numbers.isEmpty else {
            throw APIError.invalid(name, "\(name) is not a list of numbers")
        }
        guard numbers.contains(where: { $0 != 0 }) else {
            throw APIError.invalid(name, "\(name) is all zeros, which is near to nothing")
        }
        return numbers
    }
}

extension SearchRequest {
    /// A hit with what is wanted of it.
    func json(_ hit: Hit) -> JSONValue {
        var object = hit.json(explained: explains)
        if let fields, let all = object["fields"]?.object {
            object["fields"] = .object(
                JSONObject(all.members.filter { member in fields.contains { $0 == member.key } }))
        }
        if let members {
            for name in Self.allMembers where !members.contains(name) { object[name] = nil }
        }
        return .object(object)
    }
}
