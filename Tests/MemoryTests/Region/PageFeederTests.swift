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

    /// The piece under way is left out, and used as soon as it is done; nothing is lost, nothing is handed out twice.
    @Test func anArenaComesBackToThePieceThatWasUnderWay() throws {
        guard var arena = Arena(byteCount: 64 << 20, hugePages: false) else { return }
        unsafe arena.feeder = PageFeeder(
            base: arena.region.base, byteCount: 64 << 20, enabled: true, startsThread: false)
        let piece = Region.hugePageBytes
        arena.feeder.order { $0.want(32 << 20) }
        var handles: [Handle] = []
        if let first = arena.allocate(64 << 10) { handles.append(first) }
        #expect(arena.feeder.order { $0.beginPiece(from: 0) } == 2 * piece)
        func place(_ handle: Handle) -> Range<Int> {
            let start = Int(handle.rawValue) * 8
            return start..<start + 64 << 10
        }
        let underWay = 2 * piece..<3 * piece
        for _ in 0..<80 {
            guard let handle = arena.allocate(64 << 10) else { break }
            #expect(!place(handle).overlaps(underWay), "a block lies in the piece under way")
            handles.append(handle)
        }
        #expect(handles.contains { place($0).lowerBound >= 3 * piece })
        #expect(arena.checkInvariants() == [])
        arena.feeder.order { $0.endPiece() }
        for _ in 0..<40 {
            if let handle = arena.allocate(64 << 10) { handles.append(handle) }
        }
        #expect(handles.count == 121)
        #expect(handles.contains { place($0).overlaps(underWay) }, "the piece is used when it is done")
        #expect(arena.checkInvariants() == [])
        let places = handles.map(place).sorted { $0.lowerBound < $1.lowerBound }
        for (one, next) in zip(places, places.dropFirst()) { #expect(!one.overlaps(next)) }
        for handle in handles { arena.free(handle) }
        #expect(arena.usedBytes == 0 && arena.checkInvariants() == [])
    }
}
