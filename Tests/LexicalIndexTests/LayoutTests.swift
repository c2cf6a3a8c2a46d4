import LMDB
import LexicalIndex
import TestSupport
import Testing

/// The bytes on disk, for programs that read them in place.
@Suite struct LayoutTests {
    @Test func `the records of two documents`() throws {
        try withTemporaryFolder { folder in
            let shelf = try Shelf(folder)
            try shelf.add([(2, ["lamp", "鍵", "lamp"]), (258, ["lamp"])])
            var records: [String] = []
            try Tables.forEachRecord(of: shelf.environment) { table, key, value in
                // Without the checksum, which `DamageTests` looks at.
                records.append(
                    "\(table) \(hexadecimal(key)) \(hexadecimal(Array(value.dropLast(4))))")
            }
            let zeros = "0000000000000000"
            #expect(
                records == [
                    "lexical_totals \(hexadecimal(Array("totals".utf8))) "
                        + "01000000" + "0200000000000000" + "0400000000000000" + "0200000000000000",
                    "lexical_terms \(hexadecimal(Array("lamp".utf8))) \(zeros)0200000000000000",
                    "lexical_terms e98db5 0100000000000000" + "0100000000000000",
                    "lexical_postings \(zeros) 0000000000000002" + "00000002" + "03000000",
                    "lexical_postings \(zeros) 0000000000000102" + "00000001" + "01000000",
                    "lexical_postings 0100000000000000 0000000000000002" + "00000001" + "03000000",
                    "lexical_documents 0200000000000000 03000000" + "02000000"
                        + "02000000" + "0400" + "6c616d70" + "01000000" + "0300" + "e98db5",
                    "lexical_documents 0201000000000000 01000000" + "01000000"
                        + "01000000" + "0400" + "6c616d70",
                ])
        }
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
