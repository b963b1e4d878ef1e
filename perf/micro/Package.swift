// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds or tests the project pays for the benchmark library. The engine comes as
// the library product `Engine` of the package above: the very modules, borders and flags of the program.
let package = Package(
    name: "micro",
    dependencies: [
        .package(name: "coronet", path: "../.."),
        // Without its traits: they put an allocator and a runtime of their own between us and what is measured.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "MicroBenchmarks",
            dependencies: [
                .product(name: "Engine", package: "coronet"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/MicroBenchmarks",
            swiftSettings: [
                // As the modules of the program, so that what is inlined into a caller there is inlined here.
                .strictMemorySafety(),
                .enableExperimentalFeature("Lifetimes"),
                .enableUpcomingFeature("ExistentialAny"),
            ],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
