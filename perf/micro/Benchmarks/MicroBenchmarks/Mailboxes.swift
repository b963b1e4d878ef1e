import Benchmark
import Reactor

/// Both ends on one thread: what a message costs in instructions, not the cache line's way between two cores.
func mailboxBenchmarks() {
    for count in [1, 16, 64] {
        Benchmark("mailbox: \(count) a turn, written, published, read, released") { benchmark in
            let mailbox = Mailbox(capacity: 256)
            var producer = Mailbox.Producer(mailbox)
            var consumer = Mailbox.Consumer(mailbox)
            var sum: UInt64 = 0
            for turn in 0..<benchmark.scaledIterations.count / count {
                for number in 0..<count {
                    guard let cell = producer.reserve() else {
                        preconditionFailure("the mailbox is emptied each turn")
                    }
                    unsafe cell.storeBytes(of: UInt64(turn &+ number), as: UInt64.self)
                }
                precondition(producer.publish(), "there was something to publish")
                while let cell = consumer.next() { sum &+= unsafe cell.load(as: UInt64.self) }
                consumer.release()
            }
            blackHole(sum)
        }
    }
}
