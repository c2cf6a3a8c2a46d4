internal import Foundation
internal import FoundationXML

/// Why a page is no well-formed XML (of which HTML that browsers and other programs read alike is a
/// part); nil when it is.
public func malformation(of page: String) -> String? {
    let text = page.hasPrefix("<!DOCTYPE html>") ? String(page.dropFirst("<!DOCTYPE html>".count)) : page
    let parser = XMLParser(data: Data(text.utf8))
    parser.shouldResolveExternalEntities = false
    if parser.parse() { return nil }
    let reason = parser.parserError.map { "\($0)" } ?? "unknown"
    return "line \(parser.lineNumber), column \(parser.columnNumber): \(reason)"
}
