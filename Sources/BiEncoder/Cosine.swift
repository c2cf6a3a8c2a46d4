internal import JSON

/// The cosine of two vectors of any length, rounded to float32; 0 where one is zero.
package func cosine(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
    var product = 0.0
    var squares = (0.0, 0.0)
    for (x, y) in zip(a, b) {
        product += Double(x) * Double(y)
        squares.0 += Double(x) * Double(x)
        squares.1 += Double(y) * Double(y)
    }
    let length = (squares.0 * squares.1).squareRoot()
    return length > 0 ? (product / length).shortestAsFloat32 : 0
}
