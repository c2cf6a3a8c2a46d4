/// Splits where the script changes, Hiragana and Katakana being as Han (Hugging Face:
/// pre_tokenizers/unicode_scripts).
///
/// What belongs to any script goes with what is before it; at the beginning of a piece it is dropped,
/// as the reference does.
struct UnicodeScripts: PreTokenizer {
    let name = "UnicodeScripts"
    private static let scripts = CodePointTable(runs: ScriptTables.runs)
    private static let anyScript: UInt8 = 0

    func split(_ piece: Range<Int>, of text: inout AlignedText, into words: inout [Range<Int>]) {
        let scripts = Self.scripts
        var start: Int?
        var last = Self.anyScript
        for index in piece {
            let script = scripts[text[index].value]
            if script == Self.anyScript || script == last { continue }
            if let start { words.append(start..<index) }
            start = index
            last = script
        }
        if let start { words.append(start..<piece.upperBound) }
    }
}
