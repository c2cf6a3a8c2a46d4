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

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
    name: "kotae",
    products: [
        .executable(name: "kotae", targets: ["kotae"]),
        .library(name: "BiEncoder", targets: ["BiEncoder"]),
        .library(name: "SemanticSearch", targets: ["SemanticSearch"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
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

        module("Checksums", ["CChecksums"]),

        // Files in, vectors out.
        module("Random"),
        module("Files"),
        module("JSON"),
        module("Filters", ["JSON"]),
        module("Records", ["JSON"]),
        module("Tokenization", ["Checksums", "JSON"]),
        module("Tensors", ["COneDNN", "Random"]),
        module("BiEncoder", ["Files", "JSON", "Tensors", "Tokenization", crypto]),

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
        module("Evaluation", ["Files", "Random", "Records"]),

        // Learning from pairs.
        module(
            "Contrastive",
            [
                "BiEncoder", "Charts", "EmbeddingStore", "Evaluation", "Files", "JSON", "Random",
                "Records", "SemanticSearch", "Tensors", "VectorIndex", crypto,
            ]),

        // What a pilot found, for those who decide.
        module("Pilot", ["Charts", "JSON"]),

        .executableTarget(
            name: "kotae",
            dependencies: [
                "BiEncoder", "Contrastive", "EmbeddingStore", "Evaluation", "Files", "Filters", "JSON",
                "Pilot", "Random", "Records", "SemanticSearch", "Tensors", "Tokenization", "VectorIndex",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"), crypto,
            ]),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swift),
        tests("Charts"),
        tests("Checksums", ["CChecksums"]),
        tests("JSON"),
        tests("Filters", ["JSON"]),
        tests("Records", ["JSON"]),
        tests("Tokenization", ["JSON"]),
        tests("Tensors"),
        tests("BiEncoder", ["JSON", "Tensors", "Tokenization"]),
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
        .testTarget(name: "ReadmeTests", dependencies: ["BiEncoder", "SemanticSearch"]),
        .testTarget(
            name: "KotaeTests",
            dependencies: ["kotae", "EmbeddingStore", "JSON", "SemanticSearch", "TestSupport"],
            swiftSettings: swift),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
