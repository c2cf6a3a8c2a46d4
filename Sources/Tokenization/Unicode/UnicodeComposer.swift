/// Normalization Forms C, KC and KD over a stream of scalars (Unicode Standard Annex #15), with the
/// origins that Hugging Face gives them: as the crate unicode-normalization-alignments does, every
/// scalar is told how it changes the text, and `ChangeAligner` finds its origin.
struct UnicodeComposer {
    private struct Scalar {
        let value: UInt32
        var change: Int
        let combiningClass: UInt8
    }

    private let isCompatible: Bool
    private let composes: Bool
    private let unicode = UnicodeProperties.shared
    private let compositions = UnicodeCompositions.shared
    private var aligner = ChangeAligner()
    /// A starter and the nonstarters after it, not yet in canonical order.
    private var pending: [Scalar] = []
    /// A starter that what follows may compose with.
    private var composee: Scalar?
    /// Nonstarters after it that did not.
    private var passed: [Scalar] = []

    init(isCompatible: Bool, composes: Bool) {
        self.isCompatible = isCompatible
        self.composes = composes
    }

    /// Appends the normalized form of a text to `result`.
    mutating func normalize(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        // Below this nothing decomposes, nor composes with anything below U+0300.
        let plain: UInt32 = isCompatible ? 0xA0 : composes ? 0x300 : 0xC0
        for index in source.indices {
            let value = source[index].value
            let isLast = index + 1 == source.count
            if value < plain, isLast || source[index + 1].value < 0x300 {
                flush(source, into: &result)
                aligner.push(value, change: 0, source, into: &result)
            } else {
                decompose(value, source, into: &result)
            }
        }
        flush(source, into: &result)
        aligner.finish(source, into: &result)
    }

    private mutating func decompose(
        _ value: UInt32, _ source: Span<AlignedScalar>, into result: inout AlignedText
    ) {
        if isCompatible, let scalars = compositions.compatibility(of: value) {
            for (index, value) in scalars.enumerated() {
                push(value, isFirst: index == 0, source, into: &result)
            }
            return
        }
        let record = unicode.record(of: value)
        if record.decompositionCount > 0 {
            for (index, value) in unicode.decomposition(record).enumerated() {
                push(value, isFirst: index == 0, source, into: &result)
            }
            return
        }
        var isFirst = true
        for value in Hangul.decomposed(value) {
            push(value, isFirst: isFirst, source, into: &result)
            isFirst = false
        }
    }

    @inline(__always)
    private mutating func push(
        _ value: UInt32, isFirst: Bool, _ source: Span<AlignedScalar>,
        into result: inout AlignedText
    ) {
        let combiningClass = unicode.record(of: value).combiningClass
        if combiningClass == 0 { order(source, into: &result) }
        pending.append(
            Scalar(value: value, change: isFirst ? 0 : 1, combiningClass: combiningClass))
    }

    /// Passes on what is pending, in canonical order.
    private mutating func order(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        if pending.isEmpty { return }
        let isOrdered = zip(pending, pending.dropFirst()).allSatisfy {
            $0.combiningClass <= $1.combiningClass
        }
        if !isOrdered {
            let order = pending.indices.sorted {
                (pending[$0].combiningClass, $0) < (pending[$1].combiningClass, $1)
            }
            pending = order.map { pending[$0] }
        }
        for index in pending.indices {
            if composes {
                compose(pending[index], source, into: &result)
            } else {
                emit(pending[index], source, into: &result)
            }
        }
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func compose(
        _ scalar: Scalar, _ source: Span<AlignedScalar>, into result: inout AlignedText
    ) {
        guard let starter = composee else {
            if scalar.combiningClass == 0 {
                composee = scalar
            } else {
                emit(scalar, source, into: &result)
            }
            return
        }
        let isBlocked = passed.last.map { $0.combiningClass >= scalar.combiningClass } ?? false
        if !isBlocked, let value = compositions.composed(starter.value, scalar.value) {
            composee = Scalar(
                value: value, change: starter.change + scalar.change - 1, combiningClass: 0)
        } else if scalar.combiningClass == 0 {
            emitComposee(source, into: &result)
            composee = scalar
        } else {
            passed.append(scalar)
        }
    }

    private mutating func emitComposee(
        _ source: Span<AlignedScalar>, into result: inout AlignedText
    ) {
        if let starter = composee { emit(starter, source, into: &result) }
        composee = nil
        for index in passed.indices { emit(passed[index], source, into: &result) }
        passed.removeAll(keepingCapacity: true)
    }

    /// Passes on all that is held, before a scalar that has to do with none of it.
    @inline(__always)
    private mutating func flush(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        if pending.isEmpty, composee == nil { return }
        order(source, into: &result)
        emitComposee(source, into: &result)
    }

    @inline(__always)
    private mutating func emit(
        _ scalar: Scalar, _ source: Span<AlignedScalar>, into result: inout AlignedText
    ) {
        aligner.push(scalar.value, change: scalar.change, source, into: &result)
    }
}
