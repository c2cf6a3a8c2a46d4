internal import Foundation

/// How the learning rate goes down after it has risen linearly to its full height.
package enum LearningRateSchedule: String, Sendable, CaseIterable {
    /// Along a line to 0 at the last step.
    case linear
    /// Along half a cosine to 0 at the last step. Loshchilov and Hutter, "SGDR", ICLR 2017.
    case cosine
    /// Not at all.
    case constant

    /// What the rate is multiplied with, in [0, 1].
    ///
    /// As transformers' `get_linear_schedule_with_warmup` and its siblings, with shares of the whole
    /// in place of numbers of steps.
    /// - Parameters:
    ///   - progress: the share of the training that is done, in [0, 1].
    ///   - warmup: the share in which the rate rises, in [0, 1].
    package func factor(progress: Double, warmup: Double) -> Double {
        if progress < warmup { return progress / warmup }
        let rest = warmup < 1 ? (progress - warmup) / (1 - warmup) : 1
        return switch self {
        case .linear: max(0, 1 - rest)
        case .cosine: max(0, 0.5 * (1 + cos(.pi * rest)))
        case .constant: 1
        }
    }
}
