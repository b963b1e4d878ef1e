import Testing

@testable import Reactor

@Suite struct MailboxTests {
    @Test func messagesArriveInOrderOncePublished() throws {
        let mailbox = Mailbox(capacity: 8)
        var producer = Mailbox.Producer(mailbox)
        var consumer = Mailbox.Consumer(mailbox)
        var sent: UInt64 = 0
        var read: UInt64 = 0
        var random = SimulatedRandom(seed: 7)
        for _ in 0..<1000 {
            for _ in 0..<random.below(10) {
                guard put(sent, &producer) else { break }
                sent += 1
            }
            let waited = sent - read
            let before = take(&consumer)
            if producer.hasUnpublished && waited == 1 {
                #expect(before == nil, "seen before it was published")
            }
            if let before {
                #expect(before == read)
                read += 1
            }
            _ = producer.publish()
            #expect(consumer.hasMessage == (read < sent))
            for _ in 0..<random.below(10) {
                guard let value = take(&consumer) else { break }
                #expect(value == read)
                read += 1
            }
            consumer.release()
        }
        #expect(sent > 1000)
    }

    @Test func aFullStreetTakesNoMoreUntilCellsAreReleased() throws {
        let mailbox = Mailbox(capacity: 4)
        var producer = Mailbox.Producer(mailbox)
        var consumer = Mailbox.Consumer(mailbox)
        var taken: [Bool] = (0..<5).map { _ in false }
        for value in 0..<5 { taken[value] = put(UInt64(value), &producer) }
        #expect(taken == [true, true, true, true, false])
        let published = (producer.publish(), producer.publish())
        #expect(published == (true, false))
        var read: [UInt64] = []
        while let value = take(&consumer) { read.append(value) }
        #expect(read == [0, 1, 2, 3])
        // Read, but perhaps still looked at: the cells are not free yet.
        let early = put(9, &producer)
        consumer.release()
        let late = put(9, &producer)
        #expect(!early && late)
    }

    @Test func aBellIsClaimedOncePerSleep() {
        let bell = Doorbell()
        defer { bell.deallocate() }
        #expect(!bell.claim())
        bell.announceSleep()
        #expect(bell.claim())
        #expect(!bell.claim())
        bell.announceSleep()
        bell.announceAwake()
        #expect(!bell.claim())
    }
}

func put(_ value: UInt64, _ producer: inout Mailbox.Producer) -> Bool {
    guard let cell = unsafe producer.reserve() else { return false }
    for word in 0..<8 {
        unsafe cell.storeBytes(of: value &+ UInt64(word), toByteOffset: word * 8, as: UInt64.self)
    }
    return true
}

func take(_ consumer: inout Mailbox.Consumer) -> UInt64? {
    guard let cell = unsafe consumer.next() else { return nil }
    let value = unsafe cell.load(as: UInt64.self)
    for word in 0..<8 {
        let found = unsafe cell.load(fromByteOffset: word * 8, as: UInt64.self)
        precondition(found == value &+ UInt64(word), "a cell was torn")
    }
    return value
}
