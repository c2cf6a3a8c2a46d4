/// Scores of a Unigram model as Hugging Face's tokenizers have them in memory.
///
/// Their JSON reader (the crate serde_json, `f64_from_parts`) does not round numbers of many digits
/// correctly: it rounds the digits to a double and then divides by a power of ten. Paths whose scores
/// differ in the last bit alone are chosen by that bit.
enum UnigramScore {
    private static let powersOfTen = (0...308).compactMap { Double("1e\($0)") }

    /// What that reader makes of a number, given its exact value. The number is taken to be written
    /// with as many digits as it needs, as every writer of these files does.
    static func asRead(_ value: Double) -> Double {
        var significand: UInt64 = 0
        var exponent = 0
        var isFraction = false
        var digits = value.description.utf8[...]
        while let byte = digits.popFirst() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let (product, overflows) = significand.multipliedReportingOverflow(by: 10)
                let (sum, exceeds) = product.addingReportingOverflow(UInt64(byte & 0xF))
                if overflows || exceeds { return value }
                significand = sum
                if isFraction { exponent -= 1 }
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"):
                exponent += Int(String(Substring(digits))) ?? 0
                digits = digits[digits.endIndex...]
            default: break
            }
        }
        var result = Double(significand)
        while exponent < 0 {
            let step = min(-exponent, powersOfTen.count - 1)
            result /= powersOfTen[step]
            exponent += step
        }
        while exponent > 0 {
            let step = min(exponent, powersOfTen.count - 1)
            result *= powersOfTen[step]
            exponent -= step
        }
        return value < 0 ? -result : result
    }
}
