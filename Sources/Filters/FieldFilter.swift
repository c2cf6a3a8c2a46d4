public import JSON

/// A condition on the fields of documents, in the language of Chroma's `where`.
///
///     {"category": "billing", "updated": {"$gte": "2026-01-01"}}
///     {"$or": [{"tags": {"$in": ["card", "refund"]}}, {"priority": {"$gt": 3, "$lt": 9}}]}
///
/// A member is the name of a field with a value, which the field equals, or with an object of
/// operators, or it is `$and` or `$or` with a list of such objects, at least one. All members of an
/// object must hold, so `{}` matches everything. The operators are
///
/// - `$eq`, `$ne` with a string, a number, `true` or `false`;
/// - `$gt`, `$gte`, `$lt`, `$lte` with a string or a number;
/// - `$in`, `$nin` with a list of strings, numbers, `true` and `false`; a field is in an empty list
///   never.
///
/// A field's name cannot start with `$`.
///
/// **What is compared with what.** Numbers compare as numbers, whole or not, without rounding as
/// far as they fit in 64 bits. Strings compare by Unicode code points, so dates as ISO 8601 writes
/// them come in their order, and texts that Unicode calls equivalent differ. A field's string that
/// as a whole is a number as JSON writes it compares with a number as that number, because the
/// fields of CSV and TSV are all strings: `{"priority": {"$gte": 3}}` matches "5" and "10", not
/// "05", " 5" or "5 days". Nothing else is converted: the number 5 is not the string "5", and "true"
/// is not `true`. A value of another kind than the operand, null among them, equals it never and is
/// neither greater nor less.
///
/// **Lists.** A field that holds a list matches `$eq`, `$in` and the comparisons when one of its
/// elements does. Lists within it count as values of another kind.
///
/// **Negations.** `$ne` and `$nin` match exactly where `$eq` and `$in` do not: a list of which no
/// element does, a value of another kind, and a document that lacks the field. Chroma does the same
/// since 0.5.12; before, a document had to have the field. All other operators do not match a
/// document that lacks the field.
///
/// Beyond Chroma, an object may have several members, strings may be compared by order, and a list
/// may mix kinds and be empty.
public struct FieldFilter: Sendable {
    private let condition: Condition

    /// The names of the fields on which the outcome may depend.
    ///
    /// Being Swift strings, names that Unicode calls equivalent are one here.
    public let fields: Set<String>

    /// Reads a filter. O(length of the text).
    ///
    /// - Parameter text: one JSON object.
    /// - Throws: `FilterError` with the place, for a text that is not JSON, an unknown operator, and
    ///   an operand that the operator does not take.
    public init(parsing text: String) throws(FilterError) {
        let parser = FilterParser(text: text)
        condition = try parser.parse()
        fields = condition.fields
    }

    /// Whether a document with these fields is meant.
    ///
    /// O(size of the filter × number of fields), and for lists their elements. Of fields with the
    /// same name the last counts.
    public func matches(_ fields: JSONObject) -> Bool { condition.holds(for: fields) }
}
