import Durability

/// The settings of the append-only file that a core reads.
struct LogTuning: Sendable {
    var isOn = false
    var policy = SyncPolicy.everySecond
    var suspendsSyncDuringRewrite = false
    var marksTime = false
    var hasChecksums = true
    var rewritePercentage = 100
    var rewriteBytesMin = 64 << 20

    init() {}

    /// What a core reads of the settings.
    init(_ settings: Settings) {
        isOn = settings.log.isOn
        policy = settings.log.policy
        suspendsSyncDuringRewrite = settings.log.suspendsSyncDuringRewrite
        marksTime = settings.log.marksTime
        hasChecksums = settings.log.hasChecksums
        rewritePercentage = settings.log.rewritePercentage
        rewriteBytesMin = settings.log.rewriteBytesMin
    }
}

extension Settings {
    /// What the directives say of the append-only file.
    public struct Log: Sendable, Equatable {
        /// `appendonly`
        public var isOn: Bool
        /// `appendfsync`
        public var policy: SyncPolicy
        /// `appendfilename`
        public var fileName: String
        /// `appenddirname`
        public var folderName: String
        /// `no-appendfsync-on-rewrite`
        public var suspendsSyncDuringRewrite: Bool
        /// `auto-aof-rewrite-percentage`
        public var rewritePercentage: Int
        /// `auto-aof-rewrite-min-size`
        public var rewriteBytesMin: Int
        /// `aof-load-truncated`
        public var loadsTruncated: Bool
        /// `aof-timestamp-enabled`
        public var marksTime: Bool
        /// `aof-checksums`
        public var hasChecksums: Bool
        /// `aof-use-rdb-preamble`
        public var usesSnapshotBase: Bool
        /// `aof-commit-method`; nil: to be found out.
        public var commitMethod: CommitMethod?

        init(_ store: SettingsStore) {
            isOn = store.flag("appendonly")
            policy = SyncPolicy(rawValue: store["appendfsync"]) ?? .everySecond
            fileName = store["appendfilename"]
            folderName = store["appenddirname"]
            suspendsSyncDuringRewrite = store.flag("no-appendfsync-on-rewrite")
            rewritePercentage = store.integer("auto-aof-rewrite-percentage")
            rewriteBytesMin = store.integer("auto-aof-rewrite-min-size")
            loadsTruncated = store.flag("aof-load-truncated")
            marksTime = store.flag("aof-timestamp-enabled")
            hasChecksums = store.flag("aof-checksums")
            usesSnapshotBase = store.flag("aof-use-rdb-preamble")
            commitMethod = CommitMethod(rawValue: store["aof-commit-method"])
        }
    }
}
