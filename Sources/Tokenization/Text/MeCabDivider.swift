#if MeCab
    internal import CMeCab
    internal import Synchronization
#endif

/// MeCab with a dictionary, for as many threads as ask at once (Kudo, Yamamoto and Matsumoto, "Applying
/// Conditional Random Fields to Japanese Morphological Analysis", EMNLP 2004).
///
/// Built without the package trait `MeCab` it refuses to be made.
final class MeCabDivider: Sendable {
    #if MeCab
        /// The library lets threads share it, each with a lattice of its own.
        private nonisolated(unsafe) let mecab: OpaquePointer
        private let free = Mutex<[Lattice]>([])

        private struct Lattice: @unchecked Sendable {
            let pointer: OpaquePointer
        }

        init(_ dictionary: MeCabDictionary, path: String) throws(TokenizerError) {
            let folder = try dictionary.folder(path: path)
            var isMissing: Int32 = 0
            var message = [CChar](repeating: 0, count: 512)
            guard let mecab = kotae_mecab_open(folder, &isMissing, &message, message.count) else {
                let said = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                throw isMissing != 0
                    ? TokenizerError(
                        kind: .unreadable, path: path,
                        reason: "the words of this model are those of MeCab, which is not installed: apt-get install libmecab2")
                    : TokenizerError(
                        kind: .unreadable, path: folder, reason: "MeCab cannot use this dictionary: \(said)")
            }
            self.mecab = mecab
        }

        deinit {
            free.withLock { lattices in
                for lattice in lattices { kotae_mecab_lattice_free(lattice.pointer) }
            }
            kotae_mecab_close(mecab)
        }

        /// The places of the words, in bytes, without the white space between them.
        ///
        /// - Parameter text: UTF-8 without a NUL.
        func words(of text: [UInt8]) -> [Range<Int>] {
            guard let lattice = free.withLock({ $0.popLast() }) ?? newLattice() else { return [] }
            defer { free.withLock { $0.append(lattice) } }
            var words: [Range<Int>] = []
            // The bytes and the list are used within the closures only.
            text.withUnsafeBytes { bytes in
                withUnsafeMutablePointer(to: &words) { words in
                    kotae_mecab_words(
                        mecab, lattice.pointer, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, words
                    ) { words, begin, end in
                        words?.assumingMemoryBound(to: [Range<Int>].self).pointee.append(Int(begin)..<Int(end))
                    }
                }
            }
            return words
        }

        private func newLattice() -> Lattice? { kotae_mecab_lattice_new(mecab).map(Lattice.init) }
    #else
        init(_ dictionary: MeCabDictionary, path: String) throws(TokenizerError) {
            throw TokenizerError(
                kind: .unsupported, path: path,
                reason: "the words of this model are those of MeCab, which this kotae is built without: "
                    + "build it with the package trait MeCab")
        }

        func words(of text: [UInt8]) -> [Range<Int>] { [] }
    #endif
}
