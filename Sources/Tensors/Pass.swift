/// One run of a network over a batch, forward and, when it records, back again.
///
/// Operations take a pass, compute at once, and when the pass records leave with it the step that
/// takes them back. Each such step reads the gradient of what the operation gave and adds to the
/// gradients of its inputs and parameters; nothing is overwritten, so a value may be used twice.
/// Not `Sendable`: a pass belongs to the thread that has its worker.
package final class Pass {
    package let worker: Worker
    package let isRecording: Bool
    /// The precision of matrix products.
    package let precision: Precision
    let dropout: Dropout?
    private var dropoutSites: UInt32 = 0
    private var steps: [() throws(TensorError) -> Void] = []

    /// - Parameters:
    ///   - recording: whether `backward` will be called.
    ///   - dropout: nil for none, as outside of training.
    package init(
        with worker: Worker, precision: Precision, recording: Bool = false, dropout: Dropout? = nil
    ) {
        self.worker = worker
        self.precision = precision
        isRecording = recording
        self.dropout = dropout
    }

    func tensor(rows: Int, columns: Int, precision: Precision = .f32) -> Tensor {
        Tensor(rows: rows, columns: columns, precision: precision, pool: worker.pool)
    }

    /// What an operation gives: an f32 tensor, rounded too where products run in bf16.
    func residual(rows: Int, columns: Int, needsGradient: Bool) -> Variable {
        Variable(
            tensor(rows: rows, columns: columns),
            rounded: precision == .f32
                ? nil : tensor(rows: rows, columns: columns, precision: precision),
            needsGradient: isRecording && needsGradient, pool: worker.pool)
    }

    /// What an operation gives that is read in one precision only.
    func variable(
        rows: Int, columns: Int, precision: Precision = .f32, needsGradient: Bool
    ) -> Variable {
        Variable(
            tensor(rows: rows, columns: columns, precision: precision), rounded: nil,
            needsGradient: isRecording && needsGradient, pool: worker.pool)
    }

    /// A number for the next place of the network where dropout stands. The same network passes its
    /// places in the same order each time.
    func nextDropoutSite() -> UInt32 {
        dropoutSites += 1
        return dropoutSites
    }

    /// Leaves the step that takes an operation back.
    func record(_ step: @escaping () throws(TensorError) -> Void) {
        precondition(isRecording)
        steps.append(step)
    }

    /// Takes every operation back, the last first. The caller has added to the gradients of the
    /// variables that the passed network gave.
    package func backward() throws(TensorError) {
        while let step = steps.popLast() { try step() }
    }
}
