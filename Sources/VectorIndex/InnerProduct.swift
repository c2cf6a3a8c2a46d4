/// The inner product of two vectors of equal length.
package func innerProduct(_ a: Span<Float>, _ b: Span<Float>) -> Float {
    var sum = SIMD16<Float>()
    var index = 0
    while index + 16 <= a.count {
        var x = SIMD16<Float>(), y = SIMD16<Float>()
        for lane in 0..<16 { x[lane] = a[index + lane]; y[lane] = b[index + lane] }
        sum += x * y
        index += 16
    }
    var result = sum.sum()
    while index < a.count { result += a[index] * b[index]; index += 1 }
    return result
}
