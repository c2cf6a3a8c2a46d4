internal import Metrics
internal import Synchronization

/// How many values lie below each of some bounds, and their sum.
final class PrometheusHistogram: RecorderHandler, TimerHandler, PrometheusMetric {
    /// Bounds of durations, from half a millisecond to half a minute.
    static let seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    /// Bounds of counts.
    static let sizes: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]

    private let bounds: [Double]
    private let state: Mutex<State>

    private struct State {
        /// How many values lie between each bound and the one before, and beyond the last.
        var counts: [Int]
        var sum = 0.0
    }

    init(_ bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: [Int](repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func record(_ value: Int64) { record(Double(value)) }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func write(name: String, labels: String, to lines: inout [String]) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        let prefix = labels.isEmpty ? "" : labels + ","
        var total = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
            lines.append(prometheusLine("\(name)_bucket", "\(prefix)le=\"\(bound)\"", Double(total)))
        }
        lines.append(prometheusLine("\(name)_sum", labels, sum))
        lines.append(prometheusLine("\(name)_count", labels, Double(total)))
    }
}
