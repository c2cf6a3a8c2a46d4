/// Kotae's version, by semantic versioning.
let kotaeVersion = "0.1.0"
