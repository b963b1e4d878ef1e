import Reactor
import Testing
import Wire

@testable import Node

@Suite struct ReplyOrderTests {
    /// The same by hand: a list of places, and the bytes of the leading ready ones.
    private struct Model {
        var places: [(ticket: UInt32, bytes: [UInt8]?, isWanted: Bool)] = []
        var sent: [UInt8] = []

        var awaited: [(ticket: UInt32, isWanted: Bool)] {
            places.filter { $0.bytes == nil }.map { ($0.ticket, $0.isWanted) }
        }
        var parkedBytes: Int { places.reduce(0) { $0 + ($1.bytes?.count ?? 0) } }

        mutating func reply(_ bytes: [UInt8]) {
            places.append((0, bytes, true))
            drain()
        }

        mutating func fulfil(_ ticket: UInt32, _ bytes: [UInt8]) {
            guard let index = places.firstIndex(where: { $0.ticket == ticket && $0.bytes == nil }) else {
                return
            }
            places[index].bytes = places[index].isWanted ? bytes : []
            drain()
        }

        private mutating func drain() {
            while let bytes = places.first?.bytes {
                sent += bytes
                places.removeFirst()
            }
        }
    }

    @Test(arguments: [1 as UInt64, 2, 3, 0xC0FFEE])
    func agreesWithAList(seed: UInt64) throws {
        var random = SimulatedRandom(seed: seed)
        var order = ReplyOrder()
        var reply = ByteBuffer()
        var model = Model()
        for step in 0..<20_000 {
            // Phases in which the queue grows and in which it shrinks.
            let growth = (step / 2000) % 2 == 0 ? 5 : 2
            let choice = random.below(growth + 3)
            let bytes = (0..<random.below(random.once(in: 50) ? 5000 : 30)).map {
                UInt8(truncatingIfNeeded: $0 + step)
            }
            if choice < growth / 2 {
                let isWanted = !random.once(in: 5)
                let ticket = order.await(isWanted: isWanted)
                model.places.append((ticket, nil, isWanted))
            } else if choice < growth {
                let start = reply.count
                reply.append(bytes)
                if !order.isEmpty { order.park(from: &reply, since: start) }
                model.reply(bytes)
            } else if let next = model.awaited.randomElement(using: &random) {
                order.fulfil(next.ticket, with: bytes.span.raw, into: &reply)
                model.fulfil(next.ticket, bytes)
            }
            let (count, parkedBytes, sentBytes) = (order.count, order.parkedBytes, reply.count)
            try #require(count == model.places.count, "seed \(seed), step \(step)")
            try #require(parkedBytes == model.parkedBytes, "seed \(seed), step \(step)")
            try #require(sentBytes == model.sent.count, "seed \(seed), step \(step)")
        }
        let nothing: [UInt8] = []
        for next in model.awaited {
            order.fulfil(next.ticket, with: nothing.span.raw, into: &reply)
            model.fulfil(next.ticket, [])
        }
        let (isEmpty, sent) = (order.isEmpty, reply.bytes.copied())
        #expect(isEmpty)
        #expect(sent == model.sent, "seed \(seed)")
    }

    /// A pipeline that never lets the queue run dry must not keep what it has sent.
    @Test func memoryIsBoundedWhileTheQueueNeverRunsDry() {
        var order = ReplyOrder()
        var reply = ByteBuffer()
        let answer = [UInt8](repeating: 0x61, count: 1000)
        var previous = order.await()
        for _ in 0..<5000 {
            let next = order.await()
            order.fulfil(next, with: answer.span.raw, into: &reply)
            let following = order.await()
            order.fulfil(previous, with: answer.span.raw, into: &reply)
            previous = following
            reply.removeAll()
        }
        let (isEmpty, bytesKept) = (order.isEmpty, order.bytesKept)
        #expect(!isEmpty && bytesKept < 300_000)
    }

    /// An empty reply (nobody wants it) that stands behind what is compacted away keeps a valid place.
    @Test func emptyRepliesSurviveCompaction() {
        var order = ReplyOrder()
        var reply = ByteBuffer()
        let large = [UInt8](repeating: 0x61, count: 200_000)
        let first = order.await()
        let second = order.await()
        let between = order.await()
        let unwanted = order.await(isWanted: false)
        order.fulfil(second, with: large.span.raw, into: &reply)
        order.fulfil(unwanted, with: large.span.raw, into: &reply)
        order.fulfil(first, with: large.span.raw, into: &reply)
        order.fulfil(between, with: large.span.raw, into: &reply)
        let (isEmpty, bytes) = (order.isEmpty, reply.count)
        #expect(isEmpty && bytes == 600_000)
    }

    /// Replies wait for what had been asked when they first did, however much is asked meanwhile; and each time anew.
    @Test func repliesAreHeldBackForOneRoundTrip() {
        var order = ReplyOrder()
        var reply = ByteBuffer()
        for _ in 0..<3 {
            var answers = [order.holdsBack()]
            let (first, second) = (order.await(), order.await())
            answers.append(order.holdsBack())
            let third = order.await()
            order.fulfil(second, with: [2].span.raw, into: &reply)
            answers.append(order.holdsBack())
            order.fulfil(first, with: [1].span.raw, into: &reply)
            // The third had not been asked when the others began to wait; what is answered from here on waits for it.
            answers += [order.holdsBack(), order.holdsBack()]
            order.fulfil(third, with: [3].span.raw, into: &reply)
            answers.append(order.holdsBack())
            #expect(answers == [false, true, true, false, true, false])
        }
        #expect(reply.bytes.copied() == [1, 2, 3, 1, 2, 3, 1, 2, 3])
    }
}
