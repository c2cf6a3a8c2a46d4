import ArgumentParser
import BiEncoder
import JSON
import Tensors

struct BenchEncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Throughput of the encoder, and the time of a single query.",
        discussion: """
            Examples:
              kotae bench encode
              kotae bench encode --input questions.txt --precision bf16 --json

            The model is loaded and warm before the clock starts; tokenization counts. Tokens are \
            those that the model reads, [CLS] and [SEP] included, without any padding. The limit is \
            what this processor's matrix products would let through if all the rest took no time.
            """)

    @OptionGroup var source: BenchTextOptions

    @Option(help: "Arithmetic to measure (default: all that this processor has).")
    var precision: Precision?

    @Option(name: .shortAndLong, help: "A model's folder, or its name among the installed ones.")
    var model: String?

    @Option(help: ArgumentHelp("Read at most this many tokens of a text.", valueName: "tokens"))
    var maxLength: Int?

    @OptionGroup var processors: ProcessorOptions

    @Option(help: ArgumentHelp("The most tokens in a batch.", valueName: "n"))
    var batchTokens = BiEncoder.defaultBatchTokens

    @Flag(help: "One JSON object.")
    var json = false

    func validate() throws {
        if let maxLength, maxLength < 2 {
            throw ValidationError("--max-length must be at least 2, not \(maxLength)")
        }
        if batchTokens < 1 {
            throw ValidationError("--batch-tokens must be at least 1, not \(batchTokens)")
        }
    }

    func run() throws {
        let texts = try source.texts()
        let folder = try ModelLibrary().folder(of: model)
        var throughputs: [Throughput] = []
        var latencies: [Latency] = []
        for precision in precision.map({ [$0] }) ?? Precision.allCases.filter(\.isSupported) {
            let encoder = try BiEncoder(
                modelAt: folder, precision: precision, threads: processors.threads, maximumLength: maxLength)
            throughputs.append(try Throughput(encoder, texts, batchTokens, rounds: source.repeat))
            latencies.append(try Latency(encoder))
        }
        if json {
            let result: JSONValue = [
                "version": .string(kotaeVersion),
                "onednn": .string(Arithmetic.library),
                "instructions": .string(Arithmetic.instructions[0]),
                "model": .string(folder),
                "results": .array(throughputs.map(\.json)),
                "single": .array(latencies.map(\.json)),
            ]
            print(result)
            return
        }
        print(
            "\(folder), oneDNN \(Arithmetic.library), \(Arithmetic.instructions[0]), "
                + "\(throughputs[0].threads) threads")
        print("precision   texts  tokens/text    tokens/s   of the limit   texts/s   one query of 15 tokens")
        for (throughput, latency) in zip(throughputs, latencies) {
            print(
                padded(throughput.precision.rawValue, to: 9)
                    + padded(grouped(throughput.texts), to: 8, left: true)
                    + padded(
                        decimal(Double(throughput.tokens) / Double(throughput.texts), 1), to: 13,
                        left: true)
                    + padded(grouped(Int(throughput.tokensPerSecond)), to: 12, left: true)
                    + padded(decimal(100 * throughput.tokensPerSecond / throughput.limit, 0) + " %", to: 15, left: true)
                    + padded(grouped(Int(throughput.textsPerSecond)), to: 10, left: true)
                    + padded(decimal(latency.median, 2) + " ms", to: 25, left: true))
        }
    }
}

/// How many tokens a second a model reads.
private struct Throughput {
    let precision: Precision
    let threads: Int
    let texts: Int
    let tokens: Int
    /// Of each round, sorted.
    let seconds: [Double]
    /// Tokens a second of the matrix products alone.
    let limit: Double

    init(_ encoder: BiEncoder, _ texts: [String], _ batchTokens: Int, rounds: Int) throws {
        precision = encoder.precision
        threads = encoder.threads
        self.texts = texts.count
        tokens = try encoder.embed(texts, batchTokens: batchTokens).tokens.reduce(0, +)
        var seconds: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            _ = try encoder.embed(texts, batchTokens: batchTokens)
            seconds.append((ContinuousClock.now - start) / .seconds(1))
        }
        self.seconds = seconds.sorted()
        // About as long as a round, but no shorter than a clock can tell.
        let batches = Double(tokens) / Double(batchTokens * encoder.threads)
        limit = try encoder.productLimit(rows: batchTokens, rounds: max(5, Int(batches)))
    }

    var median: Double { seconds[seconds.count / 2] }
    var tokensPerSecond: Double { Double(tokens) / median }
    var textsPerSecond: Double { Double(texts) / median }

    var json: JSONValue {
        [
            "precision": .string(precision.rawValue),
            "threads": .integer(threads),
            "texts": .integer(texts),
            "tokens": .integer(tokens),
            "seconds": [
                "min": .number(seconds[0]), "median": .number(median),
                "max": .number(seconds[seconds.count - 1]),
            ],
            "tokens_per_second": .number(tokensPerSecond),
            "texts_per_second": .number(textsPerSecond),
            "limit_tokens_per_second": .number(limit),
        ]
    }
}

/// How long a single query of 15 tokens takes in a warm process.
private struct Latency {
    let precision: Precision
    let threads: Int
    let tokens: Int
    /// Milliseconds.
    let median: Double
    let smallest: Double

    init(_ encoder: BiEncoder) throws {
        precision = encoder.precision
        threads = encoder.threads
        let query = "how do i change the email address of my account on the website"
        tokens = try encoder.embed([query]).tokens[0]
        var times: [Double] = []
        for _ in 0..<200 {
            let start = ContinuousClock.now
            _ = try encoder.embed(query)
            times.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        times.sort()
        median = times[times.count / 2]
        smallest = times[0]
    }

    var json: JSONValue {
        [
            "precision": .string(precision.rawValue),
            "threads": .integer(threads),
            "tokens": .integer(tokens),
            "median_ms": .number(median),
            "min_ms": .number(smallest),
        ]
    }
}
