/// Whether a path stays within the folder that it starts from and can be written as it is: relative, no empty
/// part, no "." and no "..", no control character and no backslash, at most 255 bytes a part and 1,024 in all.
package func isInnerPath(_ path: String) -> Bool {
    guard path.utf8.count <= 1024, path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") })
    else { return false }
    return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
        !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 255
    }
}
