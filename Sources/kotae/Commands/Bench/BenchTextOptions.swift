import ArgumentParser

/// The texts that `bench encode` and `bench tokenize` read, and how often.
struct BenchTextOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A file with one text a line (default: 2,000 made-up questions).", valueName: "file"))
    var input: String?

    @Option(help: ArgumentHelp("The file is JSON Lines, and the text is in this field.", valueName: "name"))
    var field: String?

    @OptionGroup var encoding: EncodingOption

    @Option(help: ArgumentHelp("How many times to read the texts.", valueName: "n"))
    var `repeat` = 5

    func validate() throws {
        if `repeat` < 1 { throw ValidationError("--repeat must be at least 1, not \(`repeat`)") }
    }

    /// - Throws: when the file cannot be read or has no texts.
    func texts() throws -> [String] {
        guard let input else { return madeUpQuestions(2000) }
        var file = try TextInput(path: input, field: field, encoding: encoding)
        var texts: [String] = []
        while case let window = try file.nextWindow(), !window.isEmpty { texts += window }
        guard !texts.isEmpty else { throw ValidationError("\(input) has no texts") }
        return texts
    }
}

/// Questions like those of an FAQ, of 5 to 24 tokens, the same every time.
private func madeUpQuestions(_ count: Int) -> [String] {
    let words = """
        how do i my the a can where is when what reset change cancel order account password refund \
        invoice delivery address payment card phone email subscription device update return parcel \
        warranty login code app not working error late lost broken new old
        """.split(separator: " ")
    // Knuth's linear congruential generator: MMIX.
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
    return (0..<count).map { _ in
        (0..<3 + random(20)).map { _ in words[random(words.count)] }.joined(separator: " ")
    }
}
