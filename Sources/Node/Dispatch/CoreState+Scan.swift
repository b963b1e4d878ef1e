import Commands
import Keyspace
import Wire

extension CoreState {
    /// SCAN over all shards, one after the other: the cursor names the shard and the place in it.
    mutating func scan(_ slot: Int, _ call: borrowing Call) -> Progress { .goOn }

    /// RANDOMKEY: a shard drawn by its number of keys.
    mutating func draw(_ slot: Int, _ call: borrowing Call) -> Progress { .goOn }
}
