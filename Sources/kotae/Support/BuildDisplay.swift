import BiEncoder
import SemanticSearch

/// Runs what embeds documents, shows how far it has come, and tells what it came to.
///
/// - Parameters:
///   - verb: "indexed", "added", …
///   - body: gets what to report progress with.
///   - summary: what was done, for a line on standard error; nothing is said with `--quiet`.
func withBuildDisplay<Result>(
    _ verb: String, _ encoder: BiEncoder, quiet: Bool,
    _ body: ((BuildProgress) -> Void) throws -> Result, summary: (Result, BuildProgress) -> String
) throws {
    var display = Progress(verb, unit: "documents", quiet: quiet)
    var last = BuildProgress()
    let result = try body { progress in
        last = progress
        display.report(
            done: progress.documents,
            fraction: Double(progress.documents) / Double(max(progress.total, 1)))
    }
    display.finish(done: last.documents)
    guard !quiet else { return }
    note(
        summary(result, last)
            + " (\(grouped(last.embedded)) embedded, \(grouped(last.reused)) had a vector)")
    if last.truncated > 0 {
        note(
            "\(grouped(last.truncated)) texts were longer than \(encoder.maximumLength) tokens "
                + "and were cut there")
    }
}

/// What an addition did, `replaced` documents having been there before.
func additionSummary(_ directory: String, _ replaced: Int, _ progress: BuildProgress) -> String {
    "\(directory): \(grouped(progress.documents - replaced)) documents added, "
        + "\(grouped(replaced)) replaced"
}
