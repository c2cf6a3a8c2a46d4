import Charts
import Testing

@Suite struct `Numbers` {
    @Test(arguments: [
        (0.0, 0, "0"), (1234.5678, 2, "1,234.57"), (0.4851, 3, "0.485"), (-0.0004, 3, "0.000"),
        (-1234567, 0, "−1,234,567"), (0.05, 1, "0.1"), (999.96, 1, "1,000.0"), (12, 2, "12.00"),
        (1e300, 0, "1e+300"), (.nan, 2, "–"), (.infinity, 2, "–"),
    ])
    func `have commas between thousands and a fixed number of digits`(value: Double, digits: Int, text: String) {
        #expect(NumberStyle.decimal(digits).text(value) == text)
    }

    @Test func `are percent, with intervals that no line breaks`() {
        let style = NumberStyle.percent(1)
        #expect(style.text(0.6244) == "62.4%")
        #expect(style.text(.nan) == "–")
        #expect(style.text(0.6244, 0.571...0.672) == "62.4% (57.1–\u{2060}67.2%)")
        #expect(style.text(0.01, -0.012...0.034) == "1.0% (−1.2%\u{A0}–\u{2060}\u{A0}3.4%)")
        #expect(style.text(0.5, nil) == "50.0%")
    }

    @Test func `have a sign as differences, unless they are 0 as written`() {
        let style = NumberStyle.decimal(3)
        #expect(style.signed(0.12) == "+0.120")
        #expect(style.signed(-0.12) == "−0.120")
        #expect(style.signed(0.0001) == "0.000")
        #expect(style.signed(0.12, 0.08...0.16) == "+0.120 (0.080–\u{2060}0.160)")
    }
}
