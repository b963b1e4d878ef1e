// swift-tools-version: 6.2
import PackageDescription

// Strict memory safety everywhere: each unsafe expression is spelled `unsafe` and carries its reason.
// `Lifetimes` lets a function return a view (`RawSpan`) that borrows from its argument.
let house: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "coronet",
    products: [
        .executable(name: "coronet", targets: ["coronet"]),
        // For perf/micro, a package of its own that measures the same modules.
        .library(name: "Engine", targets: ["Memory", "Wire", "Reactor", "Keyspace", "Commands"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // The C the house stands on.
        .target(
            name: "CShims", path: "CShims",
            linkerSettings: [.linkedLibrary("uring"), .linkedLibrary("numa"), .linkedLibrary("lzf")]),

        // The engine, bottom to top. Arrows point down only.
        .target(name: "Memory", dependencies: ["CShims"], swiftSettings: house),
        .target(name: "Wire", swiftSettings: house),
        .target(
            name: "Reactor",
            dependencies: [
                "CShims", "Memory", .product(name: "BasicContainers", package: "swift-collections"),
            ],
            swiftSettings: house),
        .target(name: "Keyspace", dependencies: ["Memory"], swiftSettings: house),
        .target(name: "Commands", dependencies: ["Durability", "Keyspace", "Wire"], swiftSettings: house),
        .target(
            name: "Durability", dependencies: ["CShims", "Keyspace", "Wire"],
            exclude: ["Recovery/Recovery.md"],
            swiftSettings: house),
        .target(
            name: "Node",
            dependencies: [
                "Durability", "Commands", "Keyspace", "Wire", "Reactor", "Memory", "CShims",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "BasicContainers", package: "swift-collections"),
            ],
            swiftSettings: house),

        // What a machine needs to have.
        .target(name: "Doctor", dependencies: ["Node", "Reactor"], swiftSettings: house),

        // The load generator.
        .target(
            name: "Bench",
            dependencies: [
                "Wire", "Reactor",
                .product(name: "BasicContainers", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: house),

        // The programs.
        .executableTarget(
            name: "coronet",
            dependencies: [
                "Node", "Doctor", "Bench",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house),
        .executableTarget(
            name: "floor", dependencies: ["Reactor", "Wire"], path: "perf/floor", swiftSettings: house),
        .target(name: "PerfSupport", path: "perf/support", swiftSettings: house),
        .executableTarget(
            name: "shard-bench", dependencies: ["Keyspace", "PerfSupport"], path: "perf/shard",
            swiftSettings: house),
        .executableTarget(
            name: "hitratio", dependencies: ["Keyspace", "PerfSupport"], path: "perf/hitratio",
            exclude: ["README.md", "run"],
            swiftSettings: house),

        // Tests mirror Sources/ by name.
        .target(name: "TestSupport", dependencies: ["Keyspace"], path: "Tests/Support", swiftSettings: house),
        .testTarget(name: "MemoryTests", dependencies: ["Memory", "TestSupport"], swiftSettings: house),
        .testTarget(name: "WireTests", dependencies: ["Wire"], swiftSettings: house),
        .testTarget(name: "ReactorTests", dependencies: ["Reactor", "CShims"], swiftSettings: house),
        .testTarget(name: "KeyspaceTests", dependencies: ["Keyspace", "TestSupport"], swiftSettings: house),
        .testTarget(name: "CommandsTests", dependencies: ["Commands"], swiftSettings: house),
        .testTarget(
            name: "DurabilityTests", dependencies: ["Durability", "Keyspace", "TestSupport", "Wire"],
            swiftSettings: house),
        .testTarget(
            name: "NodeTests",
            dependencies: [
                "Node", "Reactor", "Wire", "Keyspace", "Durability",
                .product(name: "BasicContainers", package: "swift-collections"),
            ],
            swiftSettings: house),
        .testTarget(name: "DoctorTests", dependencies: ["Doctor", "Node"], swiftSettings: house),
        .testTarget(name: "BenchTests", dependencies: ["Bench", "Reactor", "Wire"], swiftSettings: house),
        .testTarget(name: "TidyTests", swiftSettings: house),
    ]
)
