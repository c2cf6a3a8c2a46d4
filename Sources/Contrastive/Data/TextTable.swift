/// Distinct texts, numbered from 0 in the order in which they came.
///
/// Compared byte by byte in UTF-8; Swift's own equality is by canonical equivalence.
package struct TextTable: Sendable {
    package private(set) var texts: [String] = []
    private var numbers: [[UInt8]: Int] = [:]

    package init() {}

    package var count: Int { texts.count }

    package subscript(number: Int) -> String { texts[number] }

    /// The number of a text, added if it is new.
    package mutating func insert(_ text: String) -> Int {
        let key = Array(text.utf8)
        if let number = numbers[key] { return number }
        numbers[key] = texts.count
        texts.append(text)
        return texts.count - 1
    }

    package func number(of text: String) -> Int? { numbers[Array(text.utf8)] }
}
