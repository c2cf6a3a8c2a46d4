internal import Glibc

/// y = tanh(x), element by element: for the few numbers of pooled vectors.
package enum Tanh {
    package static func forward(_ x: Variable, in pass: Pass) -> Variable {
        let y = pass.variable(rows: x.rows, columns: x.columns, needsGradient: x.needsGradient)
        let count = x.rows * x.columns
        for index in 0..<count { y.value.floats[index] = tanhf(x.value.floats[index]) }
        guard y.needsGradient else { return y }
        pass.record {
            let (dy, dx) = (y.gradient.floats, x.gradient.floats)
            for index in 0..<count {
                let value = y.value.floats[index]
                dx[index] += dy[index] * (1 - value * value)
            }
        }
        return y
    }
}
