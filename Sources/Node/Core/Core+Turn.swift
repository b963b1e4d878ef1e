import Keyspace
import Reactor
import Wire

extension Core where Ring: ~Copyable {
    /// One turn of the loop. The order has its reasons:
    ///
    /// 1. **Wait** first: one enter submits what the last turn queued (sends, wake-ups) and waits for news.
    /// 2. **Receive**: parse everything that came in before executing anything, so that the memory latency of
    ///    many keys overlaps and one batch serves all connections.
    /// 3. **Execute** the batch; what other cores own goes into their outgoing batch.
    /// 4. **Mail** after our own requests: replies of other cores have had the longest time to arrive, and
    ///    requests of others profit from the same flush.
    /// 5. **Resume** connections that waited for what has just been answered.
    /// 6. **Background** before the flush, so that what it produces leaves with the same enter.
    /// 7. **Flush** last: at most one send per connection per turn, with all its replies in it.
    mutating func turn() {
        ring.turn(until: state.deadlineOfSleep(), into: &events)
        if state.coreCount > 1 { state.office.wokeUp() }
        state.instant = ring.now()
        state.diagnostics.ring = ring.counters
        state.now = clock.read(at: state.instant) { ring.wallClockNanos() }
        if state.awaitsStart { state.beginStartIfPrepared() }

        receive()
        executeBatch()
        state.drainMail()
        resume()
        let round = state.background.nextRound
        state.runBackground()
        if state.background.nextRound != round { ring.trim() }
        flush()
    }
}
