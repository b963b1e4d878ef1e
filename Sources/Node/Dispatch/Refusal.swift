import Wire

/// Error replies of the dispatcher that are no matter of one command. What the command table knows (unknown
/// commands, numbers of arguments) it says itself.
enum Refusal {
    static let mustAuthenticate: StaticString = "NOAUTH Authentication required."
    static let monitorsOnly: StaticString = "ERR Replica can't interact with the keyspace"
    static let loading: StaticString = "LOADING Redis is loading the dataset in memory"
    static let cannotPersist: StaticString =
        """
        MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands \
        that may modify the data set are disabled, because this instance is configured to report errors during \
        writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for \
        details about the RDB error.
        """
    static let outOfMemory: StaticString = "OOM command not allowed when used memory > 'maxmemory'."
}
