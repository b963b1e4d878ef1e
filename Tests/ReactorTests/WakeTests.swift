import Glibc
import Synchronization
import Testing

@testable import Reactor

/// What two cores of a stress run share with their test.
private final class Meeting: Sendable {
    let streets = [Mailbox(capacity: 64), Mailbox(capacity: 64)]
    let bells = [Doorbell(), Doorbell()]
    let handles = [Handle(), Handle()]
    let lostWakes = Atomic<Int>(0)
    let sleeps = Atomic<Int>(0)
    let announcements = Atomic<Int>(0)
    let wakes = Atomic<Int>(0)

    final class Handle: Sendable {
        let value = Atomic<Int32>(-1)
    }

    deinit { for bell in bells { bell.deallocate() } }
}

/// A meeting point of two threads, twice a round.
private final class Race: Sendable {
    let slept = Atomic<Bool>(false)
    private let arrivals = Atomic<Int>(0)

    /// Returns when both threads have come.
    func meet(_ round: Int) {
        let mine = arrivals.add(1, ordering: .acquiringAndReleasing).newValue
        let both = mine + mine % 2
        var spins = 0
        while arrivals.load(ordering: .acquiring) < both {
            spins += 1
            if spins % 1000 == 0 { sched_yield() }
        }
    }
}

@Suite struct WakeTests {
    /// Two cores send each other tokens; a core with nothing to do sleeps without a deadline of its own. The two
    /// seconds it gives the ring are only there to turn a lost wake-up into a failure instead of a hang.
    @Test(arguments: [1 as UInt64, 2, 3])
    func noWakeUpIsLost(seed: UInt64) throws {
        let meeting = Meeting()
        let messages: UInt64 = 20_000
        let left = try PinnedThread(name: "left", cpu: Affinity.allowedCPUs().first) {
            Self.core(0, meeting, messages, seed)
        }
        let right = try PinnedThread(name: "right", cpu: Affinity.allowedCPUs().last) {
            Self.core(1, meeting, messages, seed &+ 100)
        }
        left.join()
        right.join()
        #expect(meeting.lostWakes.load(ordering: .relaxed) == 0, "seed \(seed)")
        #expect(meeting.sleeps.load(ordering: .relaxed) > 100, "they hardly slept: nothing was tried")
        // One wake for an announcement at most, even if several messages came while it stood.
        #expect(meeting.wakes.load(ordering: .relaxed) <= meeting.announcements.load(ordering: .relaxed))
    }

    /// Sends `messages` in bursts, each burst after the peer's answer to the last, and answers the peer's.
    private static func core(_ me: Int, _ meeting: Meeting, _ messages: UInt64, _ seed: UInt64) {
        do {
            var ring = try IORing(.small)
            var events = EventBatch(capacity: 16)
            var out = Mailbox.Producer(meeting.streets[me])
            var incoming = Mailbox.Consumer(meeting.streets[1 - me])
            var random = SimulatedRandom(seed: seed)
            meeting.handles[me].value.store(ring.wakeHandle.rawValue, ordering: .releasing)
            var peer: Int32 = -1
            while peer < 0 { peer = meeting.handles[1 - me].value.load(ordering: .acquiring) }

            var sent: UInt64 = 0
            var read: UInt64 = 0
            var burst = 1
            while sent < messages || read < messages {
                while let value = take(&incoming) {
                    precondition(value == read, "messages come in order")
                    read += 1
                }
                incoming.release()
                // At most a burst ahead of the other: so both come to sleep now and then.
                while sent < messages && sent < read + UInt64(burst) && put(sent, &out) { sent += 1 }
                if random.once(in: 4) { burst = 1 + random.below(40) }
                if out.publish() && meeting.bells[1 - me].claim() {
                    meeting.wakes.add(1, ordering: .relaxed)
                    ring.wake(WakeHandle(rawValue: peer))
                }
                if sent == messages && read == messages { break }
                meeting.bells[me].announceSleep()
                meeting.announcements.add(1, ordering: .relaxed)
                if incoming.hasMessage || (sent < messages && sent < read + UInt64(burst)) {
                    meeting.bells[me].announceAwake()
                    ring.turn(until: .past, into: &events)
                } else {
                    meeting.sleeps.add(1, ordering: .relaxed)
                    let before = ring.now()
                    ring.turn(until: before.advanced(byMillis: 2000), into: &events)
                    meeting.bells[me].announceAwake()
                    if ring.now().nanoseconds(since: before) >= 1_900_000_000 && incoming.hasMessage {
                        meeting.lostWakes.add(1, ordering: .relaxed)
                    }
                }
            }
            // The last wake-up asked for must leave before the ring goes.
            ring.turn(until: .past, into: &events)
        } catch {
            preconditionFailure("no ring: \(error)")
        }
    }

    /// The four steps of `Doorbell` alone, on two processors at once, round after round: in no round may the
    /// consumer see no message and the producer see nobody asleep.
    @Test func sleeperAndProducerNeverMissEachOther() throws {
        let rounds = 200_000
        let meeting = Meeting()
        let race = Race()
        let consumer = try PinnedThread(name: "consumer", cpu: Affinity.allowedCPUs().first) {
            var incoming = Mailbox.Consumer(meeting.streets[0])
            for round in 1...rounds {
                race.meet(round)
                meeting.bells[0].announceSleep()
                let slept = !incoming.hasMessage
                race.slept.store(slept, ordering: .relaxed)
                race.meet(round)
                meeting.bells[0].announceAwake()
                while take(&incoming) != nil {}
                incoming.release()
            }
        }
        let producer = try PinnedThread(name: "producer", cpu: Affinity.allowedCPUs().last) {
            var out = Mailbox.Producer(meeting.streets[0])
            for round in 1...rounds {
                while !put(UInt64(round), &out) {}
                race.meet(round)
                _ = out.publish()
                let woke = meeting.bells[0].claim()
                race.meet(round)
                if !woke && race.slept.load(ordering: .relaxed) {
                    meeting.lostWakes.add(1, ordering: .relaxed)
                }
            }
        }
        consumer.join()
        producer.join()
        #expect(meeting.lostWakes.load(ordering: .relaxed) == 0)
    }

    @Test func wakingEndsATurnAndIsAnEvent() throws {
        var events = EventBatch(capacity: 8)
        var ring = try IORing(.small)
        let handle = ring.wakeHandle
        let other = try PinnedThread(name: "other") {
            guard var waker = try? IORing(.small) else { return }
            var none = EventBatch(capacity: 8)
            waker.turn(until: waker.now().advanced(byMillis: 100), into: &none)
            waker.wake(handle)
            waker.turn(until: .past, into: &none)
        }
        let before = ring.now()
        ring.turn(until: before.advanced(byMillis: 5000), into: &events)
        let waited = ring.now().nanoseconds(since: before)
        #expect(events.count == 1)
        #expect(events[0].kind == .woken)
        #expect(waited > 50_000_000 && waited < 2_000_000_000)
        other.join()
    }

    @Test func wakingARingThatHasGoneIsCountedAndHarmless() throws {
        var ring = try IORing(.small)
        var events = EventBatch(capacity: 8)
        ring.wake(WakeHandle(rawValue: 987_654))
        ring.turn(until: ring.now().advanced(byMillis: 100), into: &events)
        #expect(events.count == 0)
        #expect(ring.counters.wakesFailed == 1)
    }
}
