// swift-tools-version: 6.2
import PackageDescription

let swift: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swift)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
        swiftSettings: swift)
}

func product(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
    name: "kotae",
    products: [
        .executable(name: "kotae", targets: ["kotae"]),
        .library(name: "BiEncoder", targets: ["BiEncoder"]),
        .library(name: "SemanticSearch", targets: ["SemanticSearch"]),
    ],
    traits: [
        .trait(
            name: "MeCab",
            description: "Words of Japanese BERTs, by the libmecab that is installed where Kotae runs; nothing to build needs it."),
        .default(enabledTraits: ["MeCab"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C and C++ libraries, each behind a thin C interface.
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .target(
            name: "CFaiss", dependencies: ["CChecksums"],
            cxxSettings: [.headerSearchPath("openmp")],
            linkerSettings: [
                .linkedLibrary("faiss"), .linkedLibrary("dnnl"), .linkedLibrary("gomp"),
            ]),
        .target(
            name: "COneDNN",
            linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp")]),

        .target(name: "CChecksums"),
        .target(name: "CMeCab"),

        module("Checksums", ["CChecksums"]),

        // Files in, vectors out.
        module("Random"),
        module("Files"),
        module("JSON"),
        module("Filters", ["JSON"]),
        module("Records", ["JSON"]),
        module("Tokenization", ["Checksums", "JSON", .target(name: "CMeCab", condition: .when(traits: ["MeCab"]))]),
        module("Tensors", ["COneDNN", "Random"]),
        module("BiEncoder", ["Files", "JSON", "Tensors", "Tokenization", crypto]),

        // Models from the Hugging Face hub.
        module(
            "Hub",
            [
                "BiEncoder", "Files", "JSON", crypto, product("AsyncHTTPClient", "async-http-client"),
                product("NIOCore", "swift-nio"), product("NIOHTTP1", "swift-nio"),
                product("NIOPosix", "swift-nio"),
            ]),

        // Vectors kept and found.
        module("LMDB", ["CLMDB"]),
        module("EmbeddingStore", ["Checksums", "JSON", "LMDB", crypto]),
        module("LexicalIndex", ["Checksums", "LMDB"]),
        module("VectorIndex", ["CFaiss"]),
        module(
            "SemanticSearch",
            [
                "BiEncoder", "EmbeddingStore", "Files", "Filters", "JSON", "LMDB", "LexicalIndex",
                "Records", "Tensors", "Tokenization", "VectorIndex",
            ]),

        // Pages with charts.
        module("Charts"),

        // How good it is.
        module("Evaluation", ["Files", "JSON", "Random", "Records"]),

        // Learning from pairs.
        module(
            "Contrastive",
            [
                "BiEncoder", "Charts", "EmbeddingStore", "Evaluation", "Files", "JSON", "Random",
                "Records", "SemanticSearch", "Tensors", "VectorIndex", crypto,
            ]),

        // What a pilot found, for those who decide.
        module("Pilot", ["Charts", "JSON"]),

        // Search and vectors for other programs, over HTTP.
        .target(
            name: "Service",
            dependencies: [
                "BiEncoder", "EmbeddingStore", "Files", "Filters", "JSON", "SemanticSearch", "Tensors",
                "Tokenization", "VectorIndex", crypto,
                product("HTTPTypes", "swift-http-types"), product("Hummingbird", "hummingbird"),
                product("HummingbirdCore", "hummingbird"), product("Logging", "swift-log"),
                product("Metrics", "swift-metrics"),
                product("NIOCore", "swift-nio"), product("NIOHTTPTypes", "swift-nio-extras"),
                product("NIOPosix", "swift-nio"),
                product("ServiceLifecycle", "swift-service-lifecycle"),
                product("UnixSignals", "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("OpenAPI/openapi.json"), .embedInCode("Page/Files")],
            swiftSettings: swift),

        .executableTarget(
            name: "kotae",
            dependencies: [
                "BiEncoder", "Contrastive", "EmbeddingStore", "Evaluation", "Files", "Filters", "Hub",
                "JSON", "Pilot", "Random", "Records", "SemanticSearch", "Service", "Tensors",
                "Tokenization", "VectorIndex", crypto,
                product("ArgumentParser", "swift-argument-parser"), product("Logging", "swift-log"),
                product("Yams", "Yams"),
            ]),

        .target(
            name: "TestSupport", dependencies: [product("NIOPosix", "swift-nio")],
            path: "Tests/TestSupport", swiftSettings: swift),
        tests("Charts"),
        tests("Checksums", ["CChecksums"]),
        tests("JSON"),
        tests("Filters", ["JSON"]),
        tests("Records", ["JSON"]),
        tests("Tokenization", ["JSON"]),
        tests("Tensors"),
        tests("BiEncoder", ["JSON", "Tensors", "Tokenization"]),
        tests(
            "Hub",
            [
                "kotae", "BiEncoder", "Files", "JSON", crypto, product("HTTPTypes", "swift-http-types"),
                product("Hummingbird", "hummingbird"), product("HummingbirdTesting", "hummingbird"),
                product("Logging", "swift-log"),
            ]),
        tests("LMDB"),
        tests("EmbeddingStore", ["JSON", "LMDB"]),
        tests("LexicalIndex", ["Checksums", "JSON", "LMDB"]),
        tests("VectorIndex", ["Checksums"]),
        tests(
            "SemanticSearch",
            ["BiEncoder", "EmbeddingStore", "Filters", "JSON", "LMDB", "Records", "VectorIndex"]),
        tests(
            "Contrastive",
            ["BiEncoder", "EmbeddingStore", "JSON", "Random", "Records", "SemanticSearch", "Tensors"]),
        tests("Evaluation", ["JSON", "Random", "Records"]),
        tests("Pilot", ["Charts", "JSON"]),
        tests(
            "Service",
            [
                "BiEncoder", "EmbeddingStore", "JSON", "SemanticSearch", product("HTTPTypes", "swift-http-types"),
                product("Hummingbird", "hummingbird"),
                product("HummingbirdTesting", "hummingbird"), product("Logging", "swift-log"),
                product("Metrics", "swift-metrics"), product("NIOCore", "swift-nio"),
                product("NIOPosix", "swift-nio"),
            ]),
        .testTarget(name: "ReadmeTests", dependencies: ["BiEncoder", "SemanticSearch"]),
        .testTarget(
            name: "KotaeTests",
            dependencies: ["kotae", "EmbeddingStore", "JSON", "SemanticSearch", "TestSupport"],
            swiftSettings: swift),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
