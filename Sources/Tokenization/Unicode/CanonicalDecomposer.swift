/// Normalization Form D over a stream of scalars, with the origins that Hugging Face gives them.
///
/// Scalars go in one by one through `push`, and are appended decomposed and canonically ordered;
/// `finish` appends what is held back. Only runs of nonstarters are held, so time is linear but for
/// the sorting of each run.
///
/// Reordering moves scalars, not origins: the reference hands the origins of a run out in the
/// order of the text, one to each scalar that came first in its decomposition; other scalars share
/// the origin of the scalar before them.
struct CanonicalDecomposer {
    private struct Nonstarter {
        let combiningClass: UInt8
        let value: UInt32
        let origin: Int
        /// Whether it is the first scalar of its decomposition.
        let isFirst: Bool
    }

    private let unicode: UnicodeProperties
    private let followUp: FollowUp
    private var held: [Nonstarter] = []
    private var originBeforeHeld = 0

    /// What else is done to each scalar once it is in its place.
    struct FollowUp: OptionSet {
        let rawValue: Int
        static let removeNonspacingMarks = FollowUp(rawValue: 1)
        static let lowercase = FollowUp(rawValue: 2)
    }

    init(unicode: UnicodeProperties, followUp: FollowUp = []) {
        self.unicode = unicode
        self.followUp = followUp
    }

    /// Takes one scalar, whose record is given.
    mutating func push(
        _ scalar: AlignedScalar, _ record: UnicodeProperties.Record, into result: inout AlignedText
    ) {
        if record.decompositionCount == 0, record.combiningClass == 0,
            !Hangul.isSyllable(scalar.value)
        {
            pushStarter(scalar, record, into: &result)
            return
        }
        var isFirst = true
        unicode.forEachDecomposed(scalar.value, record) { value in
            let record = unicode.record(of: value)
            if record.combiningClass == 0 {
                let starter = AlignedScalar(value, origin: scalar.origin)
                pushStarter(starter, record, into: &result)
            } else {
                held.append(
                    Nonstarter(
                        combiningClass: record.combiningClass, value: value,
                        origin: scalar.origin, isFirst: isFirst))
            }
            isFirst = false
        }
    }

    /// Appends what is held back: at the end of the text, or before a starter that is not pushed.
    @inline(__always)
    mutating func finish(into result: inout AlignedText) {
        if !held.isEmpty { release(into: &result) }
    }

    @inline(__always)
    private mutating func pushStarter(
        _ scalar: AlignedScalar, _ record: UnicodeProperties.Record, into result: inout AlignedText
    ) {
        finish(into: &result)
        originBeforeHeld = scalar.origin
        append(scalar, record, to: &result)
    }

    @inline(never)
    private mutating func release(into result: inout AlignedText) {
        let isOrdered = zip(held, held.dropFirst()).allSatisfy {
            $0.combiningClass <= $1.combiningClass
        }
        if !isOrdered { sortHeld() }
        for nonstarter in held {
            append(
                AlignedScalar(nonstarter.value, origin: nonstarter.origin),
                unicode.record(of: nonstarter.value), to: &result)
        }
        held.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    private func append(
        _ scalar: AlignedScalar, _ record: UnicodeProperties.Record, to result: inout AlignedText
    ) {
        if followUp.contains(.removeNonspacingMarks), record.flags.contains(.nonspacingMark) {
            return
        }
        if followUp.contains(.lowercase) {
            unicode.appendLowercased(scalar, record, to: &result)
        } else {
            result.append(scalar)
        }
    }

    /// Orders by combining class, equals as they came, and hands the origins out anew.
    private mutating func sortHeld() {
        var origins = held.lazy.filter(\.isFirst).map(\.origin).makeIterator()
        let order = held.indices.sorted {
            (held[$0].combiningClass, $0) < (held[$1].combiningClass, $1)
        }
        var origin = originBeforeHeld
        held = order.map { index in
            let nonstarter = held[index]
            if nonstarter.isFirst, let next = origins.next() { origin = next }
            return Nonstarter(
                combiningClass: nonstarter.combiningClass, value: nonstarter.value,
                origin: origin, isFirst: nonstarter.isFirst)
        }
    }
}
