package import Metrics
internal import Synchronization

/// Keeps metrics for Prometheus, which comes and reads them as text
/// (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4).
///
/// A label of swift-metrics is a metric's name, which ends with its unit as Prometheus wants it;
/// dimensions are its labels. Counters are counters, meters and recorders that do not aggregate are
/// gauges, recorders that aggregate and timers are histograms; timers count in seconds.
package final class PrometheusRegistry: MetricsFactory, Sendable {
    private let families = Mutex<[String: Family]>([:])
    /// What the text says of a metric, by its name.
    private let help: [String: String]

    private enum Kind: String {
        case counter, gauge, histogram
    }

    private struct Family {
        let kind: Kind
        /// By the labels as they are written.
        var metrics: [String: any PrometheusMetric] = [:]
    }

    package init(help: [String: String] = [:]) { self.help = help }

    /// All metrics, sorted by name and labels.
    package var text: String {
        let families = self.families.withLock { $0 }
        var lines: [String] = []
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if let help = help[name] { lines.append("# HELP \(name) \(help)") }
            lines.append("# TYPE \(name) \(family.kind.rawValue)")
            for (labels, metric) in family.metrics.sorted(by: { $0.key < $1.key }) {
                metric.write(name: name, labels: labels, to: &lines)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func metric<Metric: PrometheusMetric>(
        _ label: String, _ dimensions: [(String, String)], _ kind: Kind, _ make: () -> Metric
    ) -> Metric {
        let name = Self.name(label)
        let labels = dimensions.map { "\(Self.name($0.0))=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        return families.withLock { families in
            if let there = families[name]?.metrics[labels] as? Metric { return there }
            let metric = make()
            // A name has one kind: what else goes by it is counted and not shown.
            if families[name, default: Family(kind: kind)].kind == kind {
                families[name, default: Family(kind: kind)].metrics[labels] = metric
            }
            return metric
        }
    }

    /// Letters, digits, underscores and colons stay, other characters become underscores.
    private static func name(_ label: String) -> String {
        var name = String(
            label.unicodeScalars.map { scalar -> Character in
                let isAllowed = scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "_" || scalar == ":"
                    || ("0"..."9").contains(scalar))
                return isAllowed ? Character(scalar) : "_"
            })
        if name.first?.isNumber ?? true { name = "_" + name }
        return name
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        metric(label, dimensions, .counter) { PrometheusCounter() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        metric(label, dimensions, .gauge) { PrometheusGauge() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate
            ? metric(label, dimensions, .histogram) { PrometheusHistogram(PrometheusHistogram.sizes) }
            : metric(label, dimensions, .gauge) { PrometheusGauge() }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        metric(label, dimensions, .histogram) { PrometheusHistogram(PrometheusHistogram.seconds) }
    }

    // Metrics stay until the process ends, as Prometheus expects of counters.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}

/// A metric that can write its lines.
protocol PrometheusMetric: AnyObject, Sendable {
    /// - Parameter labels: as they are written between braces.
    func write(name: String, labels: String, to lines: inout [String])
}

/// A sample's line; whole numbers are written without a fraction.
func prometheusLine(_ name: String, _ labels: String, _ value: Double) -> String {
    let number = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    return name + (labels.isEmpty ? "" : "{\(labels)}") + " " + number
}
