/// p-values of several comparisons, raised so that the chance of any false finding stays what a single
/// test promises. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian
/// Journal of Statistics, 1979.
package func holmCorrected(_ pValues: [Double]) -> [Double] {
    var result = pValues
    var largest = 0.0
    let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    for (place, index) in order.enumerated() {
        largest = max(largest, min(1, Double(pValues.count - place) * pValues[index]))
        result[index] = largest
    }
    return result
}
