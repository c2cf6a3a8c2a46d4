internal import COneDNN

/// The number format in which matrix products run.
public enum Precision: String, Sendable, CaseIterable {
    /// IEEE single precision.
    case f32
    /// bfloat16 inputs, single-precision sums: about twice as fast, some three decimal digits.
    case bf16

    /// Whether this processor has instructions for it.
    public var isSupported: Bool {
        switch self {
        case .f32: true
        case .bf16: odn_has_bf16()
        }
    }

    var type: odn_type { self == .bf16 ? odn_bf16 : odn_f32 }

    var size: Int { self == .bf16 ? 2 : 4 }
}
