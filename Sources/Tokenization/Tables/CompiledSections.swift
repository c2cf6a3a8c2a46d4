/// The tables of a compiled tokenizer, by their places: those of the vocabulary, then those of the
/// model, then the character maps of normalizers.
struct CompiledSections: @unchecked Sendable {
    // Sendable: nobody writes to the bytes, and `owner` keeps them where they are.
    private let sections: [UnsafeRawBufferPointer]
    private let owner: any AnyObject & Sendable

    /// - Parameter owner: keeps the bytes as long as it lives.
    init(_ sections: [UnsafeRawBufferPointer], owner: any AnyObject & Sendable) {
        self.sections = sections
        self.owner = owner
    }

    /// The numbers of a section, or nil when there is no such section or it does not hold a whole
    /// number of them.
    func column<Element>(_ place: Int, of type: Element.Type) -> Column<Element>? {
        sections.indices.contains(place) ? Column(lending: sections[place], owner: owner) : nil
    }
}
