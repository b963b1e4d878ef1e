import CShims
import Glibc
import Testing

@testable import Reactor

@Suite struct IdleTests {
    @Test func anIdleRingSleeps() throws {
        let loop = try TestLoop()
        _ = try loop.connect()
        loop.turn()
        let cpu = threadCPUMillis()
        let enters = loop.ring.counters.enters
        loop.ring.turn(until: loop.ring.now().advanced(byMillis: 1000), into: &loop.events)
        #expect(loop.events.count == 0)
        #expect(threadCPUMillis() - cpu <= 2)
        #expect(loop.ring.counters.enters - enters == 1)
    }

    @Test(arguments: [true, false]) func aDeadlineEndsTheWait(isAbsolute: Bool) throws {
        let loop = try TestLoop()
        loop.turn(millis: 0)
        if isAbsolute {
            try #require(loop.ring.features.absoluteTimeouts)
        } else {
            loop.ring.features.absoluteTimeouts = false
        }
        let start = loop.ring.now()
        // Not from the moment at which the turn begins to wait.
        usleep(20_000)
        loop.ring.turn(until: start.advanced(byMillis: 60), into: &loop.events)
        let passed = loop.ring.now().nanoseconds(since: start)
        #expect(passed >= 60_000_000 && passed < 500_000_000, "\(passed) ns")
    }

    @Test func aPastDeadlineDoesNotWait() throws {
        let loop = try TestLoop()
        let before = loop.ring.now()
        for _ in 0..<100 { loop.ring.turn(until: .past, into: &loop.events) }
        #expect(loop.ring.now().nanoseconds(since: before) < 500_000_000)
    }

    @Test func tenThousandIdleConnectionsAreCheap() throws {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 40_000))
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // Two descriptors a connection, and some for the rest of this process.
        let count = min(10_000, (Int(limit.rlim_cur) - 1000) / 2)
        try #require(count >= 5_000, "the limit of open files is too low to say anything")

        let loop = try TestLoop(RingConfiguration())
        loop.turn(millis: 0)
        let before = residentBytes()
        var peers: [Int32] = []
        var last = SocketID.none
        for _ in 0..<count {
            var pair: [Int32] = [-1, -1]
            try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            peers.append(pair[1])
            last = loop.ring.adopt(pair[0])
            loop.ring.startReceiving(last)
            if loop.ring.openSockets % 256 == 0 { loop.turn(millis: 0) }
        }
        loop.turn(millis: 0)
        let each = (residentBytes() - before) / count
        #expect(each <= 2048, "\(each) B resident for each of \(count) connections")
        #expect(loop.ring.socketTableBytes / count <= 2 * 40)
        var byte: UInt8 = 1
        _ = unsafe write(try #require(peers.last), &byte, 1)
        #expect(loop.run { $0.received[last] == [1] })
        for peer in peers { _ = close(peer) }
    }

    private func residentBytes() -> Int {
        let pages =
            smallFile("/proc/self/statm")?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4096
    }
}
