import Glibc

/// Writes a line to standard error.
func note(_ text: String) {
    write(text + "\n", to: STDERR_FILENO)
}

private func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        // Nothing can be said about a standard error that is closed.
        guard written > 0 else { return }
        bytes = bytes.dropFirst(written)
    }
}

/// Writes to standard error without a line end.
func noteInPlace(_ text: String) {
    write(text, to: STDERR_FILENO)
}
