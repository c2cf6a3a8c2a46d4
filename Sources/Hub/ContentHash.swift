internal import Crypto

/// The hash that the hub knows a file by, made while its bytes pass.
struct ContentHash {
    private enum Function {
        case sha256(SHA256)
        case git(Insecure.SHA1)
    }

    private var function: Function

    /// - Parameter file: what its etag is tells which hash it is: that of a large file is SHA-256, that of any other
    ///   the SHA-1 of git's header and the content.
    init(of file: HubFile) {
        if file.etag.utf8.count == 64 {
            function = .sha256(SHA256())
        } else {
            var hash = Insecure.SHA1()
            hash.update(data: Array("blob \(file.size)\u{0}".utf8))
            function = .git(hash)
        }
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch function {
        case .sha256(var hash):
            hash.update(bufferPointer: bytes)
            function = .sha256(hash)
        case .git(var hash):
            hash.update(bufferPointer: bytes)
            function = .git(hash)
        }
    }

    /// Lower-case hexadecimal digits.
    var value: String {
        switch function {
        case .sha256(let hash): Self.digits(hash.finalize())
        case .git(let hash): Self.digits(hash.finalize())
        }
    }

    private static func digits(_ digest: some Sequence<UInt8>) -> String {
        digest.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }
}
