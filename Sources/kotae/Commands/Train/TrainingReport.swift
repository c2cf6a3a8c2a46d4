import Contrastive

/// Tells on standard error how a training goes.
struct TrainingReport {
    private var progress: Progress
    private let quiet: Bool
    private let epochs: Int
    private var tokens = 0
    private var lastStep = 0
    private var loss: Double?

    init(quiet: Bool, epochs: Int) {
        self.quiet = quiet
        self.epochs = epochs
        progress = Progress("trained", unit: "steps", quiet: quiet)
    }

    mutating func show(_ event: TrainingEvent) {
        switch event {
        case .step(let step):
            tokens += step.tokens
            lastStep += 1
            // Smoothed, because single batches differ a lot.
            loss = loss.map { 0.9 * $0 + 0.1 * step.loss } ?? step.loss
            progress.report(
                done: lastStep, fraction: step.progress,
                detail: "epoch \(step.epoch + 1) of \(epochs) · loss \(decimal(loss ?? 0, 4)) · "
                    + "τ \(decimal(step.temperature, 4)) · \(grouped(tokens)) tokens")
        case .evaluated(let step, let metric, let score, let isBest):
            tell(
                "step \(grouped(step)): \(metric.title) \(decimal(score, 4))"
                    + (step == 0 ? " (base model)" : isBest ? " (best so far)" : ""))
        case .resumed(let step): tell("resumed after step \(grouped(step))")
        case .stoppedEarly(let step): tell("stopped after step \(grouped(step)): no more gain")
        }
    }

    private func tell(_ text: String) {
        guard !quiet else { return }
        progress.clear()
        note(text)
    }

    func finish() { progress.finish(done: lastStep, detail: "\(grouped(tokens)) tokens") }
}
