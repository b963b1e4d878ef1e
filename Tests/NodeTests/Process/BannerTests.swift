import Testing

@testable import Node

@Suite struct BannerTests {
    private let banner = Banner(
        version: "0.1.0", kernel: "6.18.44", ringFeatures: "single issuer, deferred task run",
        cores: [(0, 0), (1, 0), (8, 1)], machineBytes: 25_125_959_270, maxMemoryBytes: 0, hugePages: true,
        endpoints: ["127.0.0.1:6379", "/run/coronet.sock"], corePorts: [6380, 6381, 6382], processID: 42)

    @Test func fiveLines() {
        #expect(
            banner.lines == [
                "Coronet 0.1.0, process 42",
                "kernel 6.18.44, io_uring: single issuer, deferred task run",
                "3 cores on CPU 0,1,8, 2 NUMA nodes",
                "memory 23.4 GiB, no maxmemory, huge pages asked for",
                "listening on 127.0.0.1:6379, /run/coronet.sock; core ports 6380-6382",
            ])
    }

    @Test func oneOfEach() {
        var banner = banner
        banner.cores = [(3, 0)]
        banner.maxMemoryBytes = 100 << 20
        banner.hugePages = false
        banner.corePorts = []
        #expect(banner.lines[2] == "1 core on CPU 3, 1 NUMA node")
        #expect(banner.lines[3] == "memory 23.4 GiB, maxmemory 100 MiB, huge pages off")
        #expect(banner.lines[4] == "listening on 127.0.0.1:6379, /run/coronet.sock")
    }
}
