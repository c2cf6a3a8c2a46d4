import Contrastive
import Glibc

/// Tells on standard error how a training goes.
struct TrainingReport {
    private var progress: Progress
    private let quiet: Bool
    private let epochs: Int
    private var tokens = 0
    private var lastStep = 0
    private var isResumed = false
    private var loss: Double?

    init(quiet: Bool, epochs: Int) {
        self.quiet = quiet
        self.epochs = epochs
        progress = Progress("trained", unit: "steps", quiet: quiet)
    }

    mutating func show(_ event: TrainingEvent) {
        switch event {
        case .step(let step):
            if isResumed {
                progress.begin(at: step.step, fraction: step.progress)
                isResumed = false
            }
            tokens += step.tokens
            lastStep = step.step
            // Smoothed, because single batches differ a lot.
            loss = loss.map { 0.9 * $0 + 0.1 * step.loss } ?? step.loss
            progress.report(
                done: lastStep, fraction: step.progress,
                detail: "epoch \(step.epoch + 1) of \(epochs) · loss \(decimal(loss ?? 0, 4)) · "
                    + "τ \(decimal(step.temperature, 4)) · rate \(rounded(step.rate)) · \(grouped(tokens)) tokens")
        case .evaluated(let step, let metric, let score, let isBest):
            tell(
                "step \(grouped(step)): \(metric.title) \(decimal(score, 4))"
                    + (step == 0 ? " (base model)" : isBest ? " (best so far)" : ""))
        case .resumed(let step):
            isResumed = true
            tell("resumed after step \(grouped(step))")
        case .stoppedEarly(let step): tell("stopped after step \(grouped(step)): no more gain")
        }
    }

    private func tell(_ text: String) {
        guard !quiet else { return }
        progress.clear()
        note(text)
    }

    /// To two digits: 4.3e-05.
    private func rounded(_ rate: Double) -> String {
        guard rate > 0 else { return "0" }
        let scale = pow(10, floor(log10(rate)) - 1)
        return "\(Double("\(Int((rate / scale).rounded()))e\(Int(log10(scale).rounded()))") ?? rate)"
    }

    func finish() { progress.finish(done: lastStep, detail: "\(grouped(tokens)) tokens") }
}
