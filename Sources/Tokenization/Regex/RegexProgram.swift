/// A regular expression as instructions for `RegexMatcher`.
struct RegexProgram: Sendable {
    enum Instruction: Sendable {
        /// Takes a scalar of a set.
        case set(Int)
        /// Takes as many scalars of a set as there are, at least `least` and at most `most`, and
        /// gives them back one by one.
        case run(Int, least: Int, most: Int)
        /// Goes on at the first place, and if that fails at the second.
        case split(Int, Int)
        case jump(Int)
        case look(Int)
        case assertion(RegexAssertion)
        case match
    }

    /// One of the alternatives that the whole expression is.
    struct Start: Sendable {
        let instruction: Int
        /// The ASCII characters that it may begin with, and whether it may begin with others or with
        /// none.
        let ascii: (UInt64, UInt64)
        let reachesBeyondASCII: Bool
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    private(set) var looks: [RegexLook] = []
    private(set) var starts: [Start] = []

    /// More instructions than any tokenizer's expression needs.
    static let mostInstructions = 1024
    static let unlimited = Int.max

    /// - Parameter usesRuns: whether a repeated set is one instruction. Without, every instruction
    ///   takes one scalar at most.
    init(_ node: RegexNode, usesRuns: Bool) throws(RegexError) {
        let alternatives: [RegexNode]
        if case .alternation(let nodes) = node { alternatives = nodes } else { alternatives = [node] }
        for alternative in alternatives {
            let first = Self.first(alternative)
            starts.append(
                Start(
                    instruction: instructions.count,
                    ascii: first?.asciiMembers ?? (.max, .max),
                    reachesBeyondASCII: first?.reachesBeyondASCII ?? true))
            try add(alternative, usesRuns)
            try append(.match)
        }
    }

    /// What a match begins with; nil when it may be empty.
    private static func first(_ node: RegexNode) -> ScalarSet? {
        switch node {
        case .set(let set): return set
        case .sequence(let nodes):
            var parts: [ScalarSet] = []
            for node in nodes {
                if let set = first(node) { return ScalarSet(parts: parts + [set]) }
                switch node {
                case .repetition(let repeated, _, _, _):
                    guard let set = first(repeated) else { return nil }
                    parts.append(set)
                case .look, .assertion: break
                default: return nil
                }
            }
            return nil
        case .alternation(let nodes):
            var parts: [ScalarSet] = []
            for node in nodes {
                guard let set = first(node) else { return nil }
                parts.append(set)
            }
            return ScalarSet(parts: parts)
        case .repetition(let node, let least, _, _): return least > 0 ? first(node) : nil
        case .look, .assertion: return nil
        }
    }

    private mutating func append(_ instruction: Instruction) throws(RegexError) {
        guard instructions.count < Self.mostInstructions else {
            throw RegexError(reason: "it has more than \(Self.mostInstructions) instructions")
        }
        instructions.append(instruction)
    }

    private mutating func place(of set: ScalarSet) -> Int {
        sets.append(set)
        return sets.count - 1
    }

    private mutating func add(_ node: RegexNode, _ usesRuns: Bool) throws(RegexError) {
        switch node {
        case .set(let set): try append(.set(place(of: set)))
        case .sequence(let nodes): for node in nodes { try add(node, usesRuns) }
        case .alternation(let nodes): try addAlternatives(nodes, usesRuns)
        case .repetition(let node, let least, let most, let greed):
            if usesRuns, greed == .greedy, case .set(let set) = node {
                try append(.run(place(of: set), least: least, most: most ?? Self.unlimited))
            } else {
                try addRepetition(node, least, most, greed, usesRuns)
            }
        case .look(let look):
            looks.append(look)
            try append(.look(looks.count - 1))
        case .assertion(let assertion): try append(.assertion(assertion))
        }
    }

    private mutating func addAlternatives(
        _ nodes: [RegexNode], _ usesRuns: Bool
    ) throws(RegexError) {
        var jumps: [Int] = []
        for (index, node) in nodes.enumerated() {
            let split = instructions.count
            let isLast = index == nodes.count - 1
            if !isLast { try append(.split(split + 1, 0)) }
            try add(node, usesRuns)
            if isLast { break }
            jumps.append(instructions.count)
            try append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func addRepetition(
        _ node: RegexNode, _ least: Int, _ most: Int?, _ greed: RegexGreed, _ usesRuns: Bool
    ) throws(RegexError) {
        for _ in 0..<least { try add(node, usesRuns) }
        if let most {
            var splits: [Int] = []
            for _ in least..<most {
                splits.append(instructions.count)
                try append(.split(0, 0))
                try add(node, usesRuns)
            }
            // A possessive "?" may leave out only what is not there.
            if greed == .possessive, let split = splits.first {
                try append(.jump(instructions.count + 2))
                instructions[split] = .split(split + 1, instructions.count)
                try addAbsence(of: node)
                return
            }
            for split in splits {
                instructions[split] = Self.split(split + 1, instructions.count, greed)
            }
            return
        }
        let split = instructions.count
        try append(.split(0, 0))
        try add(node, usesRuns)
        try append(.jump(split))
        instructions[split] = Self.split(split + 1, instructions.count, greed)
        if greed == .possessive { try addAbsence(of: node) }
    }

    /// Whatever is repeated possessively is not there once more.
    private mutating func addAbsence(of node: RegexNode) throws(RegexError) {
        guard case .set(let set) = node else { return }
        looks.append(RegexLook(isBehind: false, isNegative: true, alternatives: [[.set(set)]]))
        try append(.look(looks.count - 1))
    }

    private static func split(_ body: Int, _ exit: Int, _ greed: RegexGreed) -> Instruction {
        greed == .lazy ? .split(exit, body) : .split(body, exit)
    }
}
