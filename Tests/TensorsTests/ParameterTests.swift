import Tensors
import Testing

@Suite struct `Parameters` {
    @Test func `widen every half-precision number as Swift's Float16 does`() {
        let bits = (0...UInt16.max).map { $0 }
        let widened = bits.withUnsafeBufferPointer { Parameter(shape: [65536], wideningF16: $0) }
        widened.withValues { values in
            for index in values.indices {
                let expected = Float(Float16(bitPattern: bits[index]))
                #expect(values[index] == expected || values[index].isNaN && expected.isNaN)
            }
        }
    }

    @Test func `widen bfloat16 to the number with the same upper bits`() {
        let bits: [UInt16] = [0x3F80, 0xC049, 0x0001, 0x8000, 0x7F80, 0xFF80]
        let widened = bits.withUnsafeBufferPointer { Parameter(shape: [6], wideningBF16: $0) }
        widened.withValues { values in
            #expect(values.indices.map { values[$0].bitPattern } == bits.map { UInt32($0) << 16 })
        }
    }

    @Test func `stack along the first dimension`() {
        let stacked = Parameter(stacking: [
            Parameter(shape: [1, 2], [1, 2]), Parameter(shape: [2, 2], [3, 4, 5, 6]),
        ])
        #expect(stacked.shape == [3, 2])
        stacked.withValues { values in #expect(values.indices.map { values[$0] } == [1, 2, 3, 4, 5, 6]) }
    }
}
