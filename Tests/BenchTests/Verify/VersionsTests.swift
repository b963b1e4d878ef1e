import Testing
import Wire

@testable import Bench

@Suite struct VersionsTests {
    private typealias Head = ValueText.Head

    private func seen(_ number: UInt32, key: UInt32 = 1, run: UInt32 = 9) -> Versions.Seen {
        .value(Head(run: run, key: key, number: number, length: 64))
    }

    /// Key 1 written `count` times and acknowledged each time.
    private func written(_ count: Int) -> Versions {
        var versions = Versions(keys: 4, run: 9)
        for _ in 0..<count {
            versions.write(1)
            versions.answered(1, isDone: true)
        }
        return versions
    }

    @Test func whatMayBeReadOfAKey() {
        var versions = written(3)
        let floor = versions.floor(1)
        #expect(versions.check(seen(3), since: floor) == nil)
        #expect(versions.check(seen(2), since: floor) == .stale(read: 2, acknowledged: 3))
        #expect(versions.check(seen(4), since: floor) == .neverWritten(4))
        #expect(versions.check(.nothing, since: floor) == .lost)
        #expect(versions.check(.damaged, since: floor) == .damaged)
        #expect(versions.check(seen(3, key: 2), since: floor) == .otherKey(2))
        #expect(versions.check(seen(3, run: 8), since: floor) == .foreignRun)
        // A write that overtakes the read may be seen or not.
        versions.write(1)
        #expect(versions.check(seen(3), since: floor) == nil)
        #expect(versions.check(seen(4), since: floor) == nil)
        versions.answered(1, isDone: true)
        #expect(versions.check(seen(3), since: floor) == nil)
        #expect(versions.check(seen(3), since: versions.floor(1)) == .stale(read: 3, acknowledged: 4))
    }

    @Test func nothingIsKnownBeforeTheFirstWrite() {
        let versions = Versions(keys: 4, run: 9)
        for seen: Versions.Seen in [.nothing, .damaged, seen(7, run: 8)] {
            #expect(versions.check(seen, since: versions.floor(1)) == nil)
        }
    }

    @Test func thePopulationIsWriteZero() {
        var versions = Versions(keys: 4, run: 9)
        versions.write(1, isFirst: true)
        #expect(versions.head(of: 1, length: 40) == Head(run: 9, key: 1, number: 0, length: 40))
        versions.answered(1, isDone: true)
        #expect(versions.check(.nothing, since: versions.floor(1)) == .lost)
        #expect(versions.check(seen(0), since: versions.floor(1)) == nil)
    }

    @Test func deletionsExplainThatNothingIsThere() {
        var versions = written(2)
        let before = versions.floor(1)
        versions.delete(1)
        #expect(versions.check(.nothing, since: before) == nil)
        versions.answered(1, isDone: true)
        let after = versions.floor(1)
        #expect(versions.check(.nothing, since: after) == nil)
        #expect(versions.check(seen(2), since: after) == .stale(read: 2, acknowledged: 3))
        versions.write(1)
        versions.answered(1, isDone: true)
        #expect(versions.check(.nothing, since: versions.floor(1)) == .lost)
    }

    @Test func expiryExplainsIt() {
        var versions = written(1)
        versions.write(1, vanishes: true)
        versions.answered(1, isDone: true)
        #expect(versions.check(.nothing, since: versions.floor(1)) == nil)
        #expect(versions.check(seen(1), since: versions.floor(1)) == .stale(read: 1, acknowledged: 2))
    }

    @Test func aRefusedWriteChangesNothing() {
        var versions = written(1)
        versions.write(1)
        versions.answered(1, isDone: false)
        #expect(!versions.isBusy(1))
        #expect(versions.check(seen(1), since: versions.floor(1)) == nil)
    }

    @Test func aLostWriteMayComeLater() {
        var versions = written(1)
        versions.write(1)
        versions.lost(1)
        versions.write(1)
        versions.answered(1, isDone: true)
        #expect(versions.check(seen(2), since: versions.floor(1)) == nil)
        #expect(versions.check(seen(9), since: versions.floor(1)) == .neverWritten(9))
    }

    @Test func countersCount() {
        var counters = Counters(keys: 2)
        counters.count(0)
        #expect(counters.isBusy(0) && !counters.isBusy(1))
        #expect(counters.answered(0, 17) == nil)
        counters.count(0)
        #expect(counters.answered(0, 18) == nil)
        counters.count(0)
        #expect(counters.answered(0, 18) == 19)
        counters.count(0)
        counters.lost(0)
        counters.count(0)
        #expect(counters.answered(0, 30) == nil)
    }
}

@Suite struct ValueTests {
    private func value(_ head: ValueText.Head, _ filler: borrowing ByteBuffer) -> [UInt8] {
        var bytes = ByteBuffer()
        ValueText.append(head, filler: filler, to: &bytes)
        return bytes.bytes.copied()
    }

    private func check(_ bytes: [UInt8], _ filler: borrowing ByteBuffer, cut: Int = 0) -> Versions.Seen {
        var check = ValueCheck()
        check.take(bytes.span.raw.extracting(0..<cut), filler: filler)
        check.take(bytes.span.raw.from(cut), filler: filler)
        return check.finish(isThere: true)
    }

    @Test func aValueSaysWhoseItIs() {
        let filler = ValueText.filler(sizeMax: 200)
        let head = ValueText.Head(run: 0xDEAD_BEEF, key: 77, number: 12, length: 100)
        let bytes = value(head, filler)
        #expect(bytes.count == 100)
        #expect(String(decoding: bytes.prefix(32), as: UTF8.self) == "deadbeef0000004d0000000c00000064")
        for cut in 0...100 { #expect(check(bytes, filler, cut: cut) == .value(head)) }
        let short = ValueText.Head(run: 1, key: 2, number: 3, length: 32)
        let shortBytes = value(short, filler)
        #expect(check(shortBytes, filler) == .value(short))
    }

    @Test func anyChangedByteIsSeen() {
        let filler = ValueText.filler(sizeMax: 200)
        let head = ValueText.Head(run: 5, key: 77, number: 12, length: 100)
        let good = value(head, filler)
        for index in good.indices {
            var bytes = good
            bytes[index] ^= 1
            #expect(check(bytes, filler) != .value(head), "byte \(index)")
        }
        #expect(check(Array(good.dropLast()), filler) == .damaged)
        #expect(check(good + [48], filler) == .damaged)
        // The end of another write of the same key.
        var other = head
        other.number = 13
        let torn = Array(good.prefix(60)) + value(other, filler).suffix(40)
        #expect(check(torn, filler) == .damaged)
    }
}
