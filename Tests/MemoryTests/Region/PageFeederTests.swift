import Glibc
import Testing

@testable import Memory

struct PageFeederTests {
    /// The stretch ahead of the frontier gets pages without being touched; the arena works and goes away with the
    /// thread still at work.
    @Test func pagesAreThereBeforeTheyAreTouched() throws {
        guard let region = Region(byteCount: 64 << 20) else { return }
        var feeder = unsafe PageFeeder(base: region.base, byteCount: region.byteCount, enabled: true)
        feeder.reached(1 << 20)
        // The first piece that is clear of the frontier; populated within seconds even on a busy machine.
        var resident: UInt8 = 0
        for _ in 0..<500 where resident & 1 == 0 {
            usleep(10_000)
            unsafe mincore(region.base + (4 << 20), 4096, &resident)
        }
        #expect(resident & 1 == 1, "no page was put ahead of the frontier within five seconds")
        // Asking again and going away while there is work left.
        feeder.reached(40 << 20)
    }

    @Test func switchedOffItDoesNothing() throws {
        guard let region = Region(byteCount: 64 << 20) else { return }
        var feeder = unsafe PageFeeder(base: region.base, byteCount: region.byteCount, enabled: false)
        feeder.reached(32 << 20)
        var resident: UInt8 = 0
        usleep(50_000)
        unsafe mincore(region.base + (36 << 20), 4096, &resident)
        #expect(resident & 1 == 0)
    }

    @Test func anArenaWithHugePagesGrowsAndGoes() throws {
        guard var arena = Arena(byteCount: 256 << 20, hugePages: true) else { return }
        for _ in 0..<20_000 {
            guard let handle = arena.allocate(1_000) else { break }
            Held(handle: handle, length: 1_000, pattern: 5, heap: 0).fill(arena)
        }
        #expect(arena.checkInvariants() == [])
    }
}
