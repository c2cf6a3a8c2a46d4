/// Numbers that never change, read where they lie: in memory of their own or in a mapped file.
struct Column<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // Sendable: nobody writes to the numbers after init, and `owner` keeps them where they are.
    private let numbers: UnsafeBufferPointer<Element>
    private let owner: any AnyObject & Sendable

    var count: Int { numbers.count }
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(numbers) }

    /// Copies numbers.
    init(_ numbers: [Element]) {
        let memory = Memory(copying: numbers)
        self.numbers = UnsafeBufferPointer(memory.numbers)
        owner = memory
    }

    /// Reads bytes in place, which `owner` keeps as long as it lives; nil when they are not aligned
    /// for the elements or no whole number of them.
    init?(lending bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
        let size = MemoryLayout<Element>.size
        guard bytes.count.isMultiple(of: size),
            Int(bitPattern: bytes.baseAddress).isMultiple(of: MemoryLayout<Element>.alignment)
        else { return nil }
        numbers = bytes.assumingMemoryBound(to: Element.self)
        self.owner = owner
    }

    /// Some of the bytes of these numbers as other numbers, in place; nil when `range` does not lie
    /// within or as for `init(lending:owner:)`.
    func lending<Other>(_ range: Range<Int>, as type: Other.Type) -> Column<Other>? {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
        return Column<Other>(lending: UnsafeRawBufferPointer(rebasing: bytes[range]), owner: owner)
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: numbers.count))
        return numbers[index]
    }

    /// The numbers in a range, which must lie within.
    subscript(range: Range<Int>) -> Slice<UnsafeBufferPointer<Element>> { numbers[range] }

    private final class Memory: @unchecked Sendable {
        // Sendable: written in init alone.
        let numbers: UnsafeMutableBufferPointer<Element>

        init(copying source: [Element]) {
            numbers = .allocate(capacity: source.count)
            _ = numbers.initialize(from: source)
        }

        deinit { numbers.deallocate() }
    }
}
