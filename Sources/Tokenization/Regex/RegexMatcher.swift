/// Finds matches in one piece of text, by backtracking with an allowance.
///
/// Once the steps exceed a multiple of the length, it goes over to the steady program and notes every
/// place of it that has failed at a place of the text, so that none is tried twice there. What has
/// failed there fails whatever the beginning of the match, because neither groups nor conditions
/// remember anything.
struct RegexMatcher {
    private let piece: Range<Int>
    /// How many more steps may be wasted.
    private var allowance: Int
    /// For each place of the text, a bit for each instruction of the steady program; empty until
    /// needed.
    private var isTried: [UInt64] = []
    private var stack: [Frame] = []

    /// Where to go on when what is tried fails.
    private struct Frame {
        var instruction: Int
        /// The last place to go on from, and the first: a run gives back scalars in between.
        var position: Int
        let first: Int
    }

    private static let stepsPerScalar = 32
    private static let leastSteps = 4096

    init(_ piece: Range<Int>, of text: AlignedText) {
        self.piece = piece
        allowance = Self.leastSteps + Self.stepsPerScalar * piece.count
    }

    /// The first match that begins at `start` or after it.
    @inline(__always)
    mutating func firstMatch(
        from start: Int, _ program: RegexProgram, _ steady: RegexProgram, in text: AlignedText
    ) -> Range<Int>? {
        for position in start...piece.upperBound {
            if let end = end(ofMatchAt: position, program, steady, in: text) {
                return position..<end
            }
        }
        return nil
    }

    private mutating func end(
        ofMatchAt position: Int, _ program: RegexProgram, _ steady: RegexProgram,
        in text: AlignedText
    ) -> Int? {
        if allowance > 0 {
            let first = position < piece.upperBound ? text[position].value : nil
            for start in program.starts where Self.mayBegin(start, with: first) {
                if let end = run(program, from: start.instruction, at: position, in: text) {
                    return end
                }
                if allowance <= 0 { break }
            }
            if allowance > 0 { return nil }
        }
        return runSteadily(steady, at: position, in: text)
    }

    @inline(__always)
    private static func mayBegin(_ start: RegexProgram.Start, with first: UInt32?) -> Bool {
        guard let first else { return start.reachesBeyondASCII }
        if first < 0x40 { return start.ascii.0 >> UInt64(first) & 1 != 0 }
        if first < 0x80 { return start.ascii.1 >> UInt64(first - 0x40) & 1 != 0 }
        return start.reachesBeyondASCII
    }

    /// The end of the match, or nil when there is none or the allowance is used up.
    private mutating func run(
        _ program: RegexProgram, from start: Int, at begin: Int, in text: AlignedText
    ) -> Int? {
        stack.removeAll(keepingCapacity: true)
        var instruction = start
        var position = begin
        while true {
            var holds = true
            switch program.instructions[instruction] {
            case .set(let set):
                holds = position < piece.upperBound && program.sets[set].contains(text[position].value)
                position += 1
                instruction += 1
            case .run(let set, let least, let most):
                let first = position
                let limit = most < piece.upperBound - first ? first + most : piece.upperBound
                while position < limit, program.sets[set].contains(text[position].value) {
                    position += 1
                }
                allowance -= position - first
                instruction += 1
                holds = position - first >= least
                if position > first + least {
                    stack.append(
                        Frame(
                            instruction: instruction, position: position - 1, first: first + least))
                }
            case .split(let first, let second):
                stack.append(Frame(instruction: second, position: position, first: position))
                instruction = first
            case .jump(let target): instruction = target
            case .look(let look):
                holds = self.holds(program.looks[look], at: position, in: text)
                instruction += 1
            case .assertion(let assertion):
                holds = self.holds(assertion, at: position, in: text)
                instruction += 1
            case .match: return position
            }
            if holds { continue }
            allowance -= 1
            guard allowance > 0, let frame = stack.last else { return nil }
            (instruction, position) = (frame.instruction, frame.position)
            if frame.position > frame.first {
                stack[stack.count - 1].position -= 1
            } else {
                stack.removeLast()
            }
        }
    }

    /// The end of the match, in time that all calls share: that of the instructions times that of the
    /// text.
    private mutating func runSteadily(
        _ program: RegexProgram, at begin: Int, in text: AlignedText
    ) -> Int? {
        let words = (program.instructions.count + 63) / 64
        if isTried.isEmpty { isTried = Array(repeating: 0, count: words * (piece.count + 1)) }
        for start in program.starts {
            stack.removeAll(keepingCapacity: true)
            stack.append(Frame(instruction: start.instruction, position: begin, first: begin))
            while let frame = stack.popLast() {
                var (instruction, position) = (frame.instruction, frame.position)
                var holds = true
                while holds {
                    let word = (position - piece.lowerBound) * words + instruction / 64
                    let bit: UInt64 = 1 << UInt64(instruction % 64)
                    if isTried[word] & bit != 0 { break }
                    isTried[word] |= bit
                    switch program.instructions[instruction] {
                    case .set(let set):
                        holds =
                            position < piece.upperBound
                            && program.sets[set].contains(text[position].value)
                        if holds { position += 1 }
                        instruction += 1
                    // The steady program has none.
                    case .run: holds = false
                    case .split(let first, let second):
                        stack.append(
                            Frame(instruction: second, position: position, first: position))
                        instruction = first
                    case .jump(let target): instruction = target
                    case .look(let look):
                        holds = self.holds(program.looks[look], at: position, in: text)
                        instruction += 1
                    case .assertion(let assertion):
                        holds = self.holds(assertion, at: position, in: text)
                        instruction += 1
                    case .match:
                        forget(position, words)
                        return position
                    }
                }
            }
        }
        return nil
    }

    /// What led to a match has not failed. The next search begins where that ends, so only what was
    /// tried there matters.
    private mutating func forget(_ position: Int, _ words: Int) {
        let start = (position - piece.lowerBound) * words
        for word in start..<start + words { isTried[word] = 0 }
    }

    private func holds(_ look: RegexLook, at position: Int, in text: AlignedText) -> Bool {
        look.alternatives.contains { holds($0, isBehind: look.isBehind, at: position, in: text) }
            != look.isNegative
    }

    private func holds(
        _ steps: [RegexLook.Step], isBehind: Bool, at position: Int, in text: AlignedText
    ) -> Bool {
        var position = position
        for step in isBehind ? steps.reversed() : steps {
            switch step {
            case .assertion(let assertion):
                if !holds(assertion, at: position, in: text) { return false }
            case .set(let set):
                let index = isBehind ? position - 1 : position
                guard piece.contains(index), set.contains(text[index].value) else { return false }
                position += isBehind ? -1 : 1
            }
        }
        return true
    }

    private func holds(
        _ assertion: RegexAssertion, at position: Int, in text: AlignedText
    ) -> Bool {
        let before = position > piece.lowerBound ? text[position - 1].value : nil
        let after = position < piece.upperBound ? text[position].value : nil
        func isWord(_ scalar: UInt32?) -> Bool { scalar.map(ScalarSet.word.contains) ?? false }
        switch assertion {
        case .textStart: return before == nil
        case .textEnd: return after == nil
        case .textEndOrLastLineFeed:
            return after == nil || after == 0x0A && position + 1 == piece.upperBound
        // After a line feed that ends the text no line begins.
        case .lineStart: return before == nil || before == 0x0A && after != nil
        case .lineEnd: return after == nil || after == 0x0A
        case .wordBoundary: return isWord(before) != isWord(after)
        case .notWordBoundary: return isWord(before) == isWord(after)
        }
    }
}
