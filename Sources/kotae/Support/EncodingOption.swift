import ArgumentParser
import Records

extension TextEncoding: ExpressibleByArgument {
    public init?(argument: String) {
        guard let encoding = try? TextEncoding(argument) else { return nil }
        self = encoding
    }

    public var defaultValueDescription: String { name }
}

/// How the bytes of files of texts are to be read: questions, corpora and pairs alike.
struct EncodingOption: ParsableArguments {
    @Option(
        name: .customLong("encoding"),
        help: "The encoding of files of texts: utf-8, cp932 (Excel in Japan), euc-jp, utf-16, windows-1252, … (iconv -l).")
    var value: TextEncoding = .utf8
}
