import JSON
import Testing
import Tokenization

@Suite struct `Encoding` {
    @Test(arguments: ["uncased", "bert-processing", "template", "ideographs-joined"], 0...12)
    func `keeps special tokens and the beginning of the text`(
        variant: String, maximumLength: Int
    ) throws {
        let tokenizer = try Reference.tokenizer(variant)
        let text = "How do I reset my password?"
        let whole = tokenizer.encode(text, maximumLength: nil)
        let own = whole.ids.indices.filter { !whole.isSpecial[$0] }
        let special = whole.ids.indices.filter { whole.isSpecial[$0] }
        #expect(own.count > 6)
        #expect(whole.cut.isEmpty)

        let encoding = tokenizer.encode(text, maximumLength: maximumLength)
        let kept = min(own.count, max(0, maximumLength - special.count))
        let indices = (own.prefix(kept) + special).sorted()
        #expect(encoding.ids == indices.map { whole.ids[$0] })
        #expect(encoding.typeIDs == indices.map { whole.typeIDs[$0] })
        #expect(encoding.offsets == indices.map { whole.offsets[$0] })
        #expect(encoding.isSpecial == indices.map { whole.isSpecial[$0] })
        #expect(encoding.cut == own.dropFirst(kept).map { whole.ids[$0] })
    }

    @Test func `leaves special tokens out when asked to`() throws {
        let tokenizer = try Reference.tokenizer("template")
        let whole = tokenizer.encode("hello world", maximumLength: nil)
        let bare = tokenizer.encode("hello world", maximumLength: nil, addSpecialTokens: false)
        #expect(whole.ids == [3, 2] + bare.ids + [3])
        #expect(whole.typeIDs == [3, 1] + bare.typeIDs + [0])
        #expect(bare.typeIDs == [2, 2])
        #expect(bare.isSpecial == [false, false])
        let cut = tokenizer.encode("hello world", maximumLength: 1, addSpecialTokens: false)
        #expect(cut.ids == [bare.ids[0]])
        #expect(cut.cut == [bare.ids[1]])
    }

    @Test func `of texts joined by a space is the encodings joined`() throws {
        let tokenizer = try Reference.tokenizer("uncased")
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            let texts = (0..<2).map { _ in generator.text() }
            let joined = tokenizer.encode(
                texts.joined(separator: " "), maximumLength: nil, addSpecialTokens: false)
            let parts = texts.map {
                tokenizer.encode($0, maximumLength: nil, addSpecialTokens: false)
            }
            #expect(joined.ids == parts[0].ids + parts[1].ids)
            let shift = texts[0].utf8.count + 1
            let shifted = parts[1].offsets.map { $0.lowerBound + shift..<$0.upperBound + shift }
            #expect(joined.offsets == parts[0].offsets + shifted)
        }
    }

    @Test(arguments: Reference.wordVariants)
    func `gives offsets between scalars, in order`(variant: String) throws {
        let tokenizer = try Reference.tokenizer(variant)
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<500 {
            let text = generator.text()
            let utf8 = Array(text.utf8)
            let encoding = tokenizer.encode(text, maximumLength: nil, addSpecialTokens: false)
            var last = 0
            for range in encoding.offsets {
                #expect(!range.isEmpty && range.upperBound <= utf8.count)
                #expect(utf8[range.lowerBound] & 0xC0 != 0x80)
                #expect(range.upperBound == utf8.count || utf8[range.upperBound] & 0xC0 != 0x80)
                #expect(range.lowerBound >= last)
                last = range.lowerBound
            }
        }
    }

    @Test(arguments: [
        "a", "a ", " ", "\u{301}", "\u{316}\u{301}", "日", "각", "[CLS", "[CLS] ", ".", "\u{0}",
        "a\u{f73}",
    ])
    func `takes a line of a million scalars in a fraction of a second`(pattern: String) throws {
        let tokenizer = try Reference.tokenizer("uncased")
        let text = String(repeating: pattern, count: 1_000_000 / pattern.unicodeScalars.count)
        let duration = ContinuousClock().measure {
            let encoding = tokenizer.encode(text, maximumLength: 128)
            #expect(encoding.ids.count <= 128)
        }
        // Wide enough for a busy machine; quadratic time would be minutes.
        #expect(duration < .seconds(10))
    }

    @Test func `survives added tokens within white space that another took`() throws {
        let model: JSONValue = [
            "type": "WordPiece", "unk_token": "?", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": ["?": 0],
        ]
        func added(_ id: Int, _ content: String, left: Bool, right: Bool) -> JSONValue {
            [
                "id": .integer(id), "content": .string(content), "lstrip": .bool(left),
                "rstrip": .bool(right), "single_word": false, "normalized": false, "special": true,
            ]
        }
        // The reference panics here.
        let tokens: JSONValue = [
            added(1, "<a>", left: false, right: true), added(2, " ", left: true, right: false),
        ]
        let tokenizer = try Tokenizer(
            json: ["model": model, "added_tokens": tokens], path: "tokenizer.json")
        let encoding = tokenizer.encode("<a>  x", maximumLength: nil)
        #expect(encoding.ids == [1, 2, 0])
        #expect(encoding.offsets == [0..<5, 4..<5, 5..<6])
    }

    @Test func `is the same on many threads at once`() async throws {
        let tokenizer = try Reference.tokenizer("added-tokens")
        let cases = try Reference.cases("added-tokens")
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    cases.count { expected in
                        tokenizer.encode(expected.text, maximumLength: expected.maximumLength).ids
                            != expected.ids
                    }
                }
            }
            for await differences in group {
                #expect(differences == 0)
            }
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// Up to 20 scalars, from all planes but mostly from those in use.
    mutating func text() -> String {
        let bounds: [UInt32] = [0x80, 0x250, 0x3000, 0x1_0000, 0x3_0000, 0x11_0000]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...20, using: &self) {
            let bound = bounds.randomElement(using: &self) ?? 0x80
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &self)) {
                scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}
