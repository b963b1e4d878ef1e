/// Bench: the load generator. Offers requests to a server of Redis's or Memcached's protocol and says how it answered.
///
/// Each generator core is a thread with a ring and lanes (connections) of its own, and shares nothing while it runs;
/// its parts belong to that thread. Reading order: `BenchOptions` (what can be asked for), `Plan` (the same, ready to
/// run), `GeneratorState` (a core: fills lanes, takes replies; knows no ring), `GeneratorCore` (the loop around it),
/// `BenchProgram` (starts the cores and adds up), `Summary`.
///
/// Everything that decides is pure: key draws, templates, pacing, skimming and verification are tested without a
/// socket, and the loop runs over the simulated ring.

/// An option that cannot be understood or fulfilled.
public struct OptionError: Error, CustomStringConvertible, Sendable {
    /// One sentence that names the option.
    public let description: String

    init(_ description: String) { self.description = description }
}
