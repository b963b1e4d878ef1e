import Testing

@testable import Durability

@Suite struct LogStreamTests {
    private let second: UInt64 = 1_000_000_000

    @Test func alwaysAcknowledgesWhatIsSyncedAndSharesCommits() {
        var stream = LogStream(policy: .always)
        #expect(stream.step(appended: 10, now: 0) == .writeNow)
        stream.wroteNow(from: 0, to: 1)
        #expect(stream.step(appended: 10, now: 1) == .sync)
        #expect(stream.acknowledged == 0)
        // Two turns' worth comes while the sync is under way: one commit for both.
        #expect(stream.step(appended: 20, now: 2) == .rest)
        #expect(stream.step(appended: 30, now: 3) == .rest)
        stream.synced(now: 4)
        #expect(stream.acknowledged == 10)
        #expect(stream.step(appended: 30, now: 4) == .writeNow)
        stream.wroteNow(from: 4, to: 5)
        #expect(stream.step(appended: 30, now: 5) == .sync)
        stream.synced(now: 6)
        #expect(stream.acknowledged == 30)
        #expect(stream.step(appended: 30, now: 6) == .rest)
        #expect(stream.isDrained)
    }

    @Test func oneDurableWriteIsACommit() {
        var stream = LogStream(policy: .always)
        stream.commitsByWrite = true
        #expect(stream.step(appended: 10, now: 0) == .write(durable: true))
        #expect(stream.step(appended: 20, now: 0) == .rest)
        stream.wrote(now: 1)
        #expect(stream.acknowledged == 10)
        #expect(stream.step(appended: 20, now: 1) == .write(durable: true))
        stream.writeFailed(28, now: 2)
        #expect(stream.refusal == 28 && stream.acknowledged == 10)
        #expect(stream.step(appended: 20, now: 3) == .rest)
        #expect(stream.step(appended: 20, now: 2 + LogStream.retryNanos) == .write(durable: true))
        stream.writeFailed(5, now: 4)
        #expect(stream.step(appended: 20, now: 5) == .giveUp(errno: 5))
    }

    @Test func whatIsOlderIsSyncedBeforeDurableWritesAreTrusted() {
        // O_DSYNC covers the bytes of its own write: with older ones that no sync has covered, a sync it is.
        var stream = LogStream(policy: .everySecond)
        stream.commitsByWrite = true
        #expect(stream.step(appended: 10, now: 0) == .writeNow)
        stream.wroteNow(from: 0, to: 1)
        stream.policy = .always
        #expect(stream.acknowledged == 0)
        #expect(stream.step(appended: 20, now: 2) == .writeNow)
        stream.wroteNow(from: 2, to: 3)
        #expect(stream.step(appended: 20, now: 3) == .sync)
        stream.synced(now: 4)
        #expect(stream.acknowledged == 20)
        #expect(stream.step(appended: 30, now: 5) == .write(durable: true))
        stream.wrote(now: 6)
        #expect(stream.acknowledged == 30)
    }

    @Test(arguments: [false, true])
    func suspendedSyncsDoNotHoldRepliesUnderAlways(commitsByWrite: Bool) {
        var stream = LogStream(policy: .always)
        stream.commitsByWrite = commitsByWrite
        stream.isSyncSuspended = true
        #expect(stream.step(appended: 10, now: 0) == .writeNow)
        stream.wroteNow(from: 0, to: 1)
        #expect(stream.step(appended: 10, now: 1) == .rest)
        #expect(stream.acknowledged == 10)
        // When the rewrite is over the promise is back: first for what was written meanwhile.
        stream.isSyncSuspended = false
        #expect(stream.acknowledged == 0)
        #expect(stream.step(appended: 20, now: 2) == .writeNow)
        stream.wroteNow(from: 2, to: 3)
        #expect(stream.step(appended: 20, now: 3) == .sync)
        stream.synced(now: 4)
        #expect(stream.acknowledged == 20)
    }

    @Test func everySecondSyncsInTheBackground() {
        var stream = LogStream(policy: .everySecond)
        #expect(stream.step(appended: 10, now: 5 * second) == .writeNow)
        stream.wroteNow(from: 5 * second, to: 5 * second + 1)
        #expect(stream.acknowledged == 10)
        #expect(stream.step(appended: 10, now: 5 * second + 1) == .sync)
        // While it is under way, through the ring.
        #expect(stream.step(appended: 20, now: 5 * second + 2) == .write(durable: false))
        #expect(stream.acknowledged == 10)
        stream.wrote(now: 5 * second + 3)
        #expect(stream.acknowledged == 20)
        stream.synced(now: 5 * second + 4)
        #expect(stream.step(appended: 20, now: 5 * second + 5) == .rest)
        #expect(stream.deadline == 6 * second + 1)
        #expect(stream.step(appended: 20, now: 6 * second + 1) == .sync)
    }

    @Test func aSyncOlderThanTwoSecondsHoldsReplies() {
        var stream = LogStream(policy: .everySecond)
        _ = stream.step(appended: 10, now: second)
        stream.wroteNow(from: second, to: second)
        #expect(stream.step(appended: 10, now: second) == .sync)
        #expect(stream.step(appended: 20, now: 2 * second) == .write(durable: false))
        stream.wrote(now: 2 * second)
        #expect(stream.acknowledged == 20)
        #expect(stream.deadline == 3 * second + 1)
        #expect(stream.step(appended: 20, now: 3 * second + 1) == .rest)
        #expect(stream.acknowledged == 0 && stream.delayedSyncs == 1)
        stream.synced(now: 3 * second + 2)
        #expect(stream.acknowledged == 20)
    }

    @Test func aSlowWriteInPlaceIsFollowedByWritesThroughTheRing() {
        var stream = LogStream(policy: .never)
        #expect(stream.step(appended: 1, now: 0) == .writeNow)
        stream.wroteNow(from: 0, to: 6_000_000)
        #expect(stream.step(appended: 2, now: 6_000_001) == .write(durable: false))
        stream.wrote(now: 7_000_000)
        #expect(stream.step(appended: 3, now: 7_000_000 + second) == .writeNow)
    }

    @Test func afterAFailedSyncOnlyNewFilesHelp() {
        var stream = LogStream(policy: .everySecond)
        _ = stream.step(appended: 10, now: second)
        stream.wroteNow(from: second, to: second)
        #expect(stream.step(appended: 10, now: second) == .sync)
        stream.syncFailed(5)
        #expect(stream.refusal == 5)
        // What follows is still written, and never synced again: a success would mean nothing.
        #expect(stream.step(appended: 20, now: 3 * second) == .writeNow)
        stream.wroteNow(from: 3 * second, to: 3 * second)
        #expect(stream.step(appended: 20, now: 4 * second) == .rest)
        #expect(stream.refusal == 5)
        stream.beginAnew(now: 4 * second)
        #expect(stream.refusal == 0)
        stream.policy = .always
        #expect(stream.step(appended: 30, now: 4 * second) == .writeNow)
    }

    @Test func suspendedSyncsStillServeWhoWaits() {
        var stream = LogStream(policy: .everySecond)
        stream.isSyncSuspended = true
        _ = stream.step(appended: 10, now: 5 * second)
        stream.wroteNow(from: 5 * second, to: 5 * second)
        #expect(stream.step(appended: 10, now: 50 * second) == .rest)
        stream.wantSync()
        #expect(stream.step(appended: 10, now: 50 * second) == .sync)
    }
}
