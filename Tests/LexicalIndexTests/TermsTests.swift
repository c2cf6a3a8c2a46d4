import LexicalIndex
import Testing

@Suite struct TermsTests {
    private func terms(_ text: String) -> String { Terms.of(text).joined(separator: " ") }

    @Test(arguments: [
        ("Reset my password, please!", "reset my password pleas"),
        ("don't can’t user's", "dont cant user"),
        ("'quoted' it''s rock 'n' roll", "quot it s rock n roll"),
        ("", ""), ("?! — …", ""), ("🔋 empty", "empti"),
    ])
    func `words are stems of runs of letters and digits, without apostrophes`(
        text: String, expected: String
    ) {
        #expect(terms(text) == expected)
    }

    @Test(arguments: [
        ("Wi-Fi", "wi fi wifi"), ("wifi", "wifi"), ("WI\u{2011}FI", "wi fi wifi"),
        ("E-1042", "e 1042 e1042"), ("E1042", "e1042"), ("ERR_NAME", "err name errnam"),
        ("2.3.1", "2 3 1 2.3.1"), ("v2.3.", "v2 3 v2.3"), ("3.5mm", "3 5mm 3.5mm"),
        ("end.Start", "end start"), ("a - b", "a b"), ("-x- --y", "x y"),
        ("no-reply@orsumi.example", "no repli norepli orsumi exampl"),
        ("https://a.example/b?c=1", "http a exampl b c 1"),
    ])
    func `joined words give their parts and the whole`(text: String, expected: String) {
        #expect(terms(text) == expected)
    }

    @Test(arguments: [
        ("鍵", "鍵"), ("鍵をなくした", "鍵を をな なく くし した 鍵"),
        ("パスワードの再設定", "パス スワ ワー ード ドの の再 再設 設定 再 設 定 パスワード"),
        ("USBケーブル30本", "usb ケー ーブ ブル ケーブル 30 本"),
        ("한국어", "한국 국어"), ("東京・大阪", "東京 東 京 大阪 大 阪"), ("人々", "人々 人 々"),
        ("𠮷野家", "𠮷野 野家 𠮷 野 家"), ("キー", "キー"),
    ])
    func `Han, kana and Hangul give pairs; Han also characters, Katakana also words`(
        text: String, expected: String
    ) {
        #expect(terms(text) == expected)
    }

    @Test(arguments: [
        ("ＷＩＦＩ　１２３", "wifi 123"), ("ﾊﾟｽﾜｰﾄﾞ", "パスワード"), ("ｶﾞｷﾞｸﾞ ｳﾞ ﾜﾞ", "ガギグ ヴ ヷ"),
        ("か\u{3099}き\u{3099}は\u{309A}", "がぎぱ"), ("ｱ\u{FF9E}", "ア"), ("ﾞ", ""),
        ("Ｅ－１０４２", "E-1042"), ("don＇t", "don't"),
    ])
    func `width does not matter, nor how marks for voicing are written`(
        text: String, same: String
    ) {
        #expect(Terms.of(text) == Terms.of(same))
    }

    @Test(arguments: [
        ("Café", "cafe"), ("CAFE\u{301}", "cafe"), ("Łódź", "lodz"), ("Ørsted", "orsted"),
        ("İstanbul", "istanbul"), ("contraseña", "contrasena"), ("Việt", "viet"),
        ("ΌΔΟΣ", "οδος"), ("οδός", "ΟΔΟΣ"), ("soft\u{AD}ware", "software"), ("Straße", "straße"),
        ("ПРИВЕТ", "привет"), ("हिन्दी", "हिन्दी"),
    ])
    func `case and the accents of Latin and Greek do not matter`(text: String, same: String) {
        #expect(Terms.of(text) == Terms.of(same))
        #expect(Terms.of(text).count == 1)
    }

    @Test func `any text has terms that are neither empty nor larger than the text`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                let ranges: [ClosedRange<UInt32>] = [
                    0...0x7F, 0x80...0x24F, 0x300...0x370, 0x3000...0x30FF, 0xFF00...0xFFEF,
                    0...0x10FFFF,
                ]
                let range = ranges.randomElement(using: &random) ?? 0...0x7F
                if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                    text.append(scalar)
                }
            }
            #expect(Terms.of(String(text)).allSatisfy { !$0.isEmpty }, "\(Array(text))")
        }
    }
}
