import Reactor

/// What a core remembers for those who ask why something is slow. Lives on one core.
struct Diagnostics {
    var slowLog = SlowLog()
    var latency = LatencyMonitor()
    var warned = WarningState()
    /// The ring's counters, as of the start of the turn.
    var ring = RingCounters()
    /// What the kernel grants the ring; nil in simulations.
    var ringFeatures: RingFeatures?
}
