import Synchronization

/// A file, whatever path leads to it.
struct FileIdentity: Hashable, Sendable {
    let device: UInt
    let node: UInt
}

/// The data files that this process has open as environments.
///
/// `lmdb.h`: "Do not have open an LMDB database twice in the same process at the same time." The
/// lock is held while an environment opens or closes, so that no two of them do at once.
enum OpenFiles {
    static let identities = Mutex<Set<FileIdentity>>([])
}
