import SemanticSearch
import TestSupport
import Testing

/// Words separated by spaces; of Japanese, two characters a token.
private func words(_ text: Substring) -> Int {
    text.split(whereSeparator: \.isWhitespace).reduce(0) { sum, word in
        sum + (word.utf8.first.map { $0 < 0x80 } ?? true ? 1 : (word.count + 1) / 2)
    }
}

private func characters(_ text: Substring) -> Int { text.count }

@Suite struct `A long answer` {
    private func split(
        _ text: String, _ limit: Int, _ count: (Substring) -> Int = words
    ) -> [String] {
        PassageSplitter(maximumTokens: limit).passages(of: text, count: count).map(String.init)
    }

    /// The sentences, as passages that have room for one only.
    private func sentences(_ text: String) -> [String] {
        // The whole text, which is counted first, is too long, and so are two sentences.
        var calls = 0
        return split(text, 1) { _ in
            calls += 1
            return calls == 1 ? 2 : 1
        }
    }

    @Test func `stays whole when the model can take it in`() {
        #expect(split("  One two. Three four.\n", 4) == ["One two. Three four."])
        #expect(split(" \n\t", 4) == [])
        #expect(split("", 4) == [])
    }

    @Test func `is split at sentence ends, each passage beginning with the last sentence before`() {
        #expect(
            split("A b c. D e. F g. H i j k. L m.", 8)
                == ["A b c. D e. F g.", "F g. H i j k. L m."])
        #expect(
            split("開きます。押します。\n待ちます。閉じます。", 12, characters)
                == ["開きます。押します。", "待ちます。閉じます。"])
        #expect(
            split("開く。押す。待つ。閉じる。終わる。", 16, characters)
                == ["開く。押す。待つ。閉じる。", "閉じる。終わる。"])
    }

    @Test func `does not repeat a sentence that takes more than a quarter`() {
        #expect(split("A b c. D e f. G h i.", 8) == ["A b c. D e f.", "G h i."])
    }

    @Test(arguments: [
        ("It is done. Then pay! Really? Yes… No.", ["It is done.", "Then pay!", "Really?", "Yes…", "No."]),
        ("Pay, e.g. by card, i.e. Visa. It costs 3.14 at example.com. See v1.2.",
            ["Pay, e.g. by card, i.e. Visa.", "It costs 3.14 at example.com.", "See v1.2."]),
        ("Ask Dr. Smith or J. Doe, see No. 5 etc. and go. Say no. Then go.",
            ["Ask Dr. Smith or J. Doe, see No. 5 etc. and go.", "Say no.", "Then go."]),
        ("1. Open it. 2. Close it.\n3. Go.", ["1. Open it.", "2. Close it.", "3. Go."]),
        ("He said \"Stop.\" Then (he left.) Really?! Yes", ["He said \"Stop.\"", "Then (he left.)", "Really?!", "Yes"]),
        ("Wait... and see. Well... Go", ["Wait... and see.", "Well...", "Go"]),
        ("開きます。閉じます！本当ですか？はい", ["開きます。", "閉じます！", "本当ですか？", "はい"]),
        ("「はい。」と言う。「いいえ。」終わり", ["「はい。」と言う。", "「いいえ。」", "終わり"]),
        ("本当ですか?はい!では…次", ["本当ですか?", "はい!", "では…次"]),
        ("１．開く。約３．５倍です．次", ["１．開く。", "約３．５倍です．", "次"]),
        ("・一つ\n・二つ\r\n\r\n三つ\u{3000}", ["・一つ", "・二つ", "三つ"]),
        ("line one.\nline two.\nand three", ["line one.", "line two.", "and three"]),
    ])
    func `has sentences by these rules`(text: String, expected: [String]) {
        #expect(sentences(text) == expected)
    }

    @Test func `has a sentence beyond the limit cut between words, or between characters`() {
        let text = (1...40).map { "w\($0)" }.joined(separator: " ")
        let passages = split(text, 12)
        #expect(passages.first?.hasPrefix("w1 w2 w3") == true)
        #expect(passages.last?.hasSuffix("w39 w40") == true)
        #expect(passages.allSatisfy { $0.split(separator: " ").allSatisfy { $0.first == "w" } })
        #expect(passages.count <= 6)

        let japanese = String(repeating: "長い文が続いて", count: 20)
        let parts = split(japanese, 30, characters)
        #expect(parts.allSatisfy { $0.count <= 30 })
        #expect(parts.count <= 7)
    }

    @Test func `has a character that is beyond the limit in a passage by itself`() {
        #expect(split("👩‍👩‍👧‍👦👍🏽", 2) { $0.utf8.count } == ["👩‍👩‍👧‍👦", "👍🏽"])
    }

    @Test func `is counted about once for each sentence`() {
        let text = (0..<2000).map { "Sentence \($0) of many." }.joined(separator: " ")
        var calls = 0
        let passages = PassageSplitter(maximumTokens: 64).passages(of: text) {
            calls += 1
            return words($0)
        }
        #expect(passages.count > 100)
        #expect(calls <= 1 + 2000 + passages.count)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `is covered by passages within the limit, in order, with the overlap promised`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "word", "word", "Word", "e.g.", "3.5", "開きます", "答え", "。", "。", "！", ".", ".", "?", "…",
            " ", " ", " ", " ", "\n", "\u{3000}", "「", "」", "👍🏽", "é", "\r\n", ")", "1",
        ]
        let text = (0..<Int.random(in: 0...150, using: &random))
            .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        let limit = Int.random(in: 1...40, using: &random)
        // The last counts a whole for more than its parts.
        let counts: [(Substring) -> Int] = [
            words, characters, { $0.utf8.count / 3 + 1 }, { $0.count + $0.count / 8 },
        ]
        let kind = Int.random(in: 0..<counts.count, using: &random)
        let count = counts[kind]
        let passages = PassageSplitter(maximumTokens: limit).passages(of: text, count: count)

        var covered = text.startIndex
        for passage in passages {
            #expect(count(passage) <= limit || passage.count == 1, "\(passage)")
            #expect(passage.first?.isWhitespace == false && passage.last?.isWhitespace == false)
            #expect(passage.endIndex > covered)
            if passage.startIndex > covered {
                #expect(text[covered..<passage.startIndex].allSatisfy { $0.isWhitespace })
            }
            covered = passage.endIndex
        }
        #expect(text[covered...].allSatisfy { $0.isWhitespace })
        for (former, next) in zip(passages, passages.dropFirst()) {
            #expect(former.startIndex < next.startIndex)
            guard next.startIndex < former.endIndex else { continue }
            let shared = text[next.startIndex..<former.endIndex]
            #expect(4 * count(shared) <= limit, "\(shared)")
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `of short sentences has passages that share exactly one`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let sentences = (0..<40).map { index in
            Bool.random(using: &random) ? "S\(index) is short." : "文\(index)です。"
        }
        let text = sentences.joined(separator: Bool.random(using: &random) ? " " : "\n")
        let limit = Int.random(in: 12...30, using: &random)
        let passages = PassageSplitter(maximumTokens: limit).passages(of: text, count: words)
        #expect(passages.count > 1)
        for (former, next) in zip(passages, passages.dropFirst()) {
            #expect(next.startIndex < former.endIndex)
            guard next.startIndex < former.endIndex else { continue }
            #expect(sentences.contains(String(text[next.startIndex..<former.endIndex])))
        }
    }
}
