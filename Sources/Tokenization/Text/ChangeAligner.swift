/// Gives rewritten scalars the origins that Hugging Face's `NormalizedString::transform` gives them
/// (tokenizer/normalizer.rs).
///
/// Every scalar comes with a change: 0 when it replaces the next one of the source, -n when it
/// replaces the next and n more after it are gone, 1 when it is inserted. An inserted scalar shares
/// the origin of the source's scalar before it.
struct ChangeAligner {
    /// The next scalar of the source.
    private var index = 0
    /// What came last, whose change may still grow.
    private var value: UInt32 = 0
    private var change = 0
    private var isHeld = false

    /// Takes a scalar.
    @inline(__always)
    mutating func push(
        _ value: UInt32, change: Int, _ source: Span<AlignedScalar>, into result: inout AlignedText
    ) {
        finish(source, into: &result)
        self.value = value
        self.change = change
        isHeld = true
    }

    /// Changes the change of the scalar that came last, if one did.
    mutating func addToLast(_ difference: Int) {
        if isHeld { change += difference }
    }

    /// Appends what is held back.
    @inline(__always)
    mutating func finish(_ source: Span<AlignedScalar>, into result: inout AlignedText) {
        guard isHeld else { return }
        isHeld = false
        let place = change > 0 ? index - 1 : index
        let origin = source[min(max(place, 0), source.count - 1)].origin
        result.append(AlignedScalar(value, origin: origin))
        if change <= 0 { index += 1 - change }
    }
}
