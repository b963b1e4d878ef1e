import Wire

/// Error replies of the dispatcher that are no matter of one command. What the command table knows (unknown
/// commands, numbers of arguments) it says itself.
enum Refusal {
    static let mustAuthenticate: StaticString = "NOAUTH Authentication required."
    static let monitorsOnly: StaticString = "ERR Replica can't interact with the keyspace"
    static let outOfMemory: StaticString = "OOM command not allowed when used memory > 'maxmemory'."
}
