/// Directives of what is still to be built, and of what Coronet does another way: known, checked, kept, reported.
extension Directive {
    static let persistenceDirectives: [Directive] = [
        .init(
            "save", .savePoints, "3600 1 300 100 60 10000", .live, .honoured, .persistence,
            "snapshot after so many seconds with so many changes; \"\" never"),
        .init("appendonly", .flag, "no", .live, .honoured, .persistence, "log every write"),
        .init(
            "appendfsync", .choice(["everysec", "always", "no"]), "everysec", .live, .honoured,
            .persistence, "when the log is forced to disk"),
        .init(
            "appendfilename", .fileName, "appendonly.aof", .atStart, .honoured, .persistence,
            "first part of the log files' names"),
        .init(
            "appenddirname", .fileName, "appendonlydir", .atStart, .honoured, .persistence,
            "folder of the log files"),
        .init(
            "no-appendfsync-on-rewrite", .flag, "no", .live, .honoured, .persistence,
            "no forcing to disk during a rewrite"),
        .init(
            "auto-aof-rewrite-percentage", .natural, "100", .live, .honoured, .persistence,
            "growth that starts a rewrite"),
        .init(
            "auto-aof-rewrite-min-size", .bytes, "67108864", .live, .honoured, .persistence,
            "size below which no rewrite starts"),
        .init(
            "aof-load-truncated", .flag, "yes", .live, .honoured, .persistence, "load a torn log"
        ),
        .init(
            "aof-use-rdb-preamble", .flag, "yes", .live, .honoured, .persistence,
            "snapshot as base of a rewritten log, not commands"),
        .init(
            "aof-commit-method", .choice(["probe", "fdatasync", "o_dsync"]), "probe", .atStart, .honoured,
            .persistence, "how appendfsync always commits; probe: what this disk does faster"),
        .init(
            "aof-timestamp-enabled", .flag, "no", .live, .honoured, .persistence,
            "times in the log"),
        .init(
            "aof-checksums", .flag, "yes", .live, .honoured, .persistence,
            "a checksum behind each batch of the log; redis-server passes over it"),
        .init(
            "aof-disable-auto-gc", .flag, "no", .live, .accepted("replaced log files are removed at once"),
            .persistence,
            "keep old log files"),
        .init(
            "aof-rewrite-incremental-fsync", .flag, "yes", .live,
            .accepted("rdb-save-incremental-fsync decides for the base of the log too"), .persistence,
            "force to disk in steps"),
        .init(
            "dbfilename", .fileName, "dump.rdb", .guarded, .honoured, .persistence,
            "snapshot file"),
        .init(
            "rdbcompression", .flag, "yes", .live, .honoured, .persistence, "compress strings"),
        .init(
            "rdbchecksum", .flag, "yes", .atStart, .honoured, .persistence, "checksum at the end"
        ),
        .init(
            "rdb-save-incremental-fsync", .flag, "yes", .live, .honoured, .persistence,
            "force to disk in steps"),
        .init(
            "rdb-direct-min-size", .bytes, "33554432", .live, .honoured, .persistence,
            "snapshots of at least so much data are written past the page cache"),
        .init(
            "rdb-key-save-delay", .integer(Int64(Int32.min)...Int64(Int32.max)), "0", .live, .honoured,
            .persistence,
            "microseconds to wait for each key of a snapshot: for tests"),
        .init(
            "rdb-del-sync-files", .flag, "no", .live, .accepted(Reason.disk), .persistence,
            "delete files that only replication needed"),
        .init(
            "sanitize-dump-payload", .choice(["no", "yes", "clients"]), "no", .live, .accepted(Reason.disk),
            .persistence, "check what RESTORE brings in full"),
        .init(
            "stop-writes-on-bgsave-error", .flag, "yes", .live, .honoured, .persistence,
            "refuse writes after a failed snapshot"),
    ]

    static let replicationDirectives: [Directive] = [
        .init(
            "replicaof", alias: "slaveof", .primary, "", .atStart,
            .refused("replication is not built yet: this node would take writes of its own"), .replication,
            "node to copy from"),
        .init("masterauth", .text, "", .live, .accepted(Reason.replication), .replication, "password there"),
        .init("masteruser", .text, "", .live, .accepted(Reason.replication), .replication, "user there"),
        .init(
            "replica-serve-stale-data", alias: "slave-serve-stale-data", .flag, "yes", .live,
            .accepted(Reason.replication), .replication, "answer while the primary is away"),
        .init(
            "replica-read-only", alias: "slave-read-only", .flag, "yes", .live, .accepted(Reason.replication),
            .replication, "refuse writes on a replica"),
        .init(
            "replica-priority", alias: "slave-priority", .natural, "100", .live,
            .accepted(Reason.replication),
            .replication, "lower ones are promoted first; 0 never"),
        .init(
            "replica-announce-ip", alias: "slave-announce-ip", .text, "", .live,
            .accepted(Reason.replication),
            .replication, "address told to the primary"),
        .init(
            "replica-announce-port", alias: "slave-announce-port", .port, "0", .live,
            .accepted(Reason.replication), .replication, "port told to the primary"),
        .init(
            "replica-announced", .flag, "yes", .live, .accepted(Reason.replication), .replication,
            "be reported"),
        .init(
            "replica-ignore-maxmemory", alias: "slave-ignore-maxmemory", .flag, "yes", .live,
            .accepted(Reason.replication), .replication, "leave eviction to the primary"),
        .init(
            "replica-ignore-disk-write-errors", .flag, "no", .live, .accepted(Reason.replication),
            .replication,
            "go on when the disk fails"),
        .init(
            "replica-lazy-flush", alias: "slave-lazy-flush", .flag, "no", .live,
            .accepted(Reason.replication),
            .replication, "empty in the background before a full copy"),
        .init(
            "repl-ping-replica-period", alias: "repl-ping-slave-period", .integer(1...Int64(Int32.max)), "10",
            .live, .accepted(Reason.replication), .replication, "seconds between pings"),
        .init(
            "repl-timeout", .integer(1...Int64(Int32.max)), "60", .live, .accepted(Reason.replication),
            .replication, "seconds of silence before a link is cut"),
        .init(
            "repl-disable-tcp-nodelay", .flag, "no", .live, .accepted(Reason.replication), .replication,
            "fewer packets, more delay"),
        .init(
            "repl-backlog-size", .memory(1...UInt64(Int64.max)), "1048576", .live,
            .accepted(Reason.replication),
            .replication, "bytes a replica may miss without a full copy"),
        .init(
            "repl-backlog-ttl", .large, "3600", .live, .accepted(Reason.replication), .replication,
            "seconds the backlog outlives the last replica"),
        .init(
            "repl-diskless-sync", .flag, "yes", .live, .accepted(Reason.replication), .replication, "no file"),
        .init(
            "repl-diskless-sync-delay", .natural, "5", .live, .accepted(Reason.replication), .replication,
            "seconds to wait for more replicas"),
        .init(
            "repl-diskless-sync-max-replicas", .natural, "0", .live, .accepted(Reason.replication),
            .replication,
            "replicas after which not to wait"),
        .init(
            "repl-diskless-load", .choice(["disabled", "on-empty-db", "swapdb"]), "disabled", .live,
            .accepted(Reason.replication), .replication, "load straight from the link"),
        .init(
            "min-replicas-to-write", alias: "min-slaves-to-write", .natural, "0", .live,
            .refused("replication is not built yet: writes would not be copied anywhere"), .replication,
            "replicas without which writes are refused"),
        .init(
            "min-replicas-max-lag", alias: "min-slaves-max-lag", .natural, "10", .live,
            .accepted(Reason.replication), .replication, "seconds a replica may lag to count"),
        .init(
            "propagation-error-behavior", .choice(["ignore", "panic", "panic-on-replicas"]), "ignore", .live,
            .accepted(Reason.replication), .replication, "what a failing replicated command does"),
    ]

    static let clusterDirectives: [Directive] = [
        .init(
            "cluster-enabled", .flag, "no", .atStart,
            .accepted("clusters of several nodes are not built yet; core-ports makes a cluster of one node"),
            .cluster, "be a node of a cluster"),
        .init(
            "cluster-config-file", .text, "nodes.conf", .atStart, .accepted(Reason.cluster), .cluster,
            "the cluster's own file"),
        .init(
            "cluster-node-timeout", .large, "15000", .live, .accepted(Reason.cluster), .cluster,
            "milliseconds of silence that make a node suspect"),
        .init(
            "cluster-port", .port, "0", .atStart, .accepted(Reason.cluster), .cluster,
            "port of the cluster bus"),
        .init(
            "cluster-announce-ip", .text, "", .live, .honoured, .cluster, "address told to cluster clients"),
        .init(
            "cluster-announce-port", .port, "0", .live, .accepted(Reason.cluster), .cluster,
            "port told to others"),
        .init(
            "cluster-announce-tls-port", .port, "0", .live, .accepted(Reason.cluster), .cluster,
            "TLS port told"),
        .init(
            "cluster-announce-bus-port", .port, "0", .live, .accepted(Reason.cluster), .cluster,
            "bus port told"),
        .init(
            "cluster-announce-hostname", .hostName, "", .live, .accepted(Reason.cluster), .cluster,
            "name told"),
        .init(
            "cluster-preferred-endpoint-type", .choice(["ip", "hostname", "unknown-endpoint"]), "ip", .live,
            .accepted(Reason.cluster), .cluster, "what clients are sent to"),
        .init(
            "cluster-replica-validity-factor", alias: "cluster-slave-validity-factor", .natural, "10", .live,
            .accepted(Reason.cluster), .cluster, "how stale a replica may be to stand for election"),
        .init(
            "cluster-replica-no-failover", alias: "cluster-slave-no-failover", .flag, "no", .live,
            .accepted(Reason.cluster), .cluster, "never stand for election"),
        .init(
            "cluster-migration-barrier", .natural, "1", .live, .accepted(Reason.cluster), .cluster,
            "replicas a primary keeps"),
        .init(
            "cluster-allow-replica-migration", .flag, "yes", .live, .accepted(Reason.cluster), .cluster,
            "let replicas move to primaries without any"),
        .init(
            "cluster-require-full-coverage", .flag, "yes", .live, .accepted(Reason.cluster), .cluster,
            "stop when a slot has no node"),
        .init(
            "cluster-allow-reads-when-down", .flag, "no", .live, .accepted(Reason.cluster), .cluster,
            "read while the cluster is down"),
        .init(
            "cluster-allow-pubsubshard-when-down", .flag, "yes", .live, .accepted(Reason.cluster), .cluster,
            "publish while the cluster is down"),
        .init(
            "cluster-link-sendbuf-limit", .memory(0...UInt64.max), "0", .live, .accepted(Reason.cluster),
            .cluster,
            "bytes queued to another node"),
    ]

    static let valueDirectives: [Directive] = [
        .init(
            "hash-max-listpack-entries", alias: "hash-max-ziplist-entries", .large, "512", .live,
            .accepted(Reason.types), .values, "fields of a packed hash"),
        .init(
            "hash-max-listpack-value", alias: "hash-max-ziplist-value", .bytes, "64", .live,
            .accepted(Reason.types), .values, "longest value in a packed hash"),
        .init(
            "list-max-listpack-size", alias: "list-max-ziplist-size",
            .integer(Int64(Int32.min)...Int64(Int32.max)),
            "-2", .live, .accepted(Reason.types), .values, "size of a list's packs"),
        .init(
            "list-compress-depth", .natural, "0", .live, .accepted(Reason.types), .values,
            "packs at a list's ends that stay uncompressed"),
        .init(
            "set-max-intset-entries", .large, "512", .live, .accepted(Reason.types), .values,
            "members of a packed set of integers"),
        .init(
            "zset-max-listpack-entries", alias: "zset-max-ziplist-entries", .large, "128", .live,
            .accepted(Reason.types), .values, "members of a packed sorted set"),
        .init(
            "zset-max-listpack-value", alias: "zset-max-ziplist-value", .bytes, "64", .live,
            .accepted(Reason.types), .values, "longest member of a packed sorted set"),
        .init(
            "hll-sparse-max-bytes", .bytes, "3000", .live, .accepted(Reason.types), .values,
            "size of a sparse HyperLogLog"),
        .init(
            "stream-node-max-bytes", .bytes, "4096", .live, .accepted(Reason.types), .values,
            "bytes of a stream's nodes"),
        .init(
            "stream-node-max-entries", .large, "100", .live, .accepted(Reason.types), .values,
            "entries of a stream's nodes"),
        .init(
            "busy-reply-threshold", alias: "lua-time-limit", .large, "5000", .live, .accepted(Reason.scripts),
            .values, "milliseconds after which others are told of a busy script"),
    ]

    static let tlsDirectives: [Directive] = [
        .init(
            "tls-port", .port, "0", .live, .refused("TLS is not built yet: this port would not be served"),
            .tls,
            "port for TLS"),
        .init("tls-cert-file", .text, "", .live, .accepted(Reason.tls), .tls, "certificate"),
        .init("tls-key-file", .text, "", .live, .accepted(Reason.tls), .tls, "its key"),
        .init("tls-key-file-pass", .text, "", .live, .accepted(Reason.tls), .tls, "its key's password"),
        .init(
            "tls-client-cert-file", .text, "", .live, .accepted(Reason.tls), .tls, "certificate as a client"),
        .init("tls-client-key-file", .text, "", .live, .accepted(Reason.tls), .tls, "its key"),
        .init(
            "tls-client-key-file-pass", .text, "", .live, .accepted(Reason.tls), .tls, "its key's password"),
        .init(
            "tls-dh-params-file", .text, "", .live, .accepted(Reason.tls), .tls, "Diffie-Hellman parameters"),
        .init("tls-ca-cert-file", .text, "", .live, .accepted(Reason.tls), .tls, "authorities' certificates"),
        .init("tls-ca-cert-dir", .text, "", .live, .accepted(Reason.tls), .tls, "folder of those"),
        .init(
            "tls-auth-clients", .choice(["no", "yes", "optional"]), "yes", .live, .accepted(Reason.tls), .tls,
            "ask clients for a certificate"),
        .init(
            "tls-replication", .flag, "no", .live,
            .refused("TLS is not built yet: links would be in the clear"),
            .tls, "TLS to the primary"),
        .init(
            "tls-cluster", .flag, "no", .live, .refused("TLS is not built yet: links would be in the clear"),
            .tls,
            "TLS on the cluster bus"),
        .init("tls-protocols", .text, "", .live, .accepted(Reason.tls), .tls, "versions allowed"),
        .init("tls-ciphers", .text, "", .live, .accepted(Reason.tls), .tls, "ciphers up to TLS 1.2"),
        .init("tls-ciphersuites", .text, "", .live, .accepted(Reason.tls), .tls, "ciphers of TLS 1.3"),
        .init("tls-prefer-server-ciphers", .flag, "no", .live, .accepted(Reason.tls), .tls, "our order wins"),
        .init("tls-session-caching", .flag, "yes", .live, .accepted(Reason.tls), .tls, "resume sessions"),
        .init(
            "tls-session-cache-size", .natural, "20480", .live, .accepted(Reason.tls), .tls, "sessions kept"),
        .init(
            "tls-session-cache-timeout", .natural, "300", .live, .accepted(Reason.tls), .tls, "seconds kept"),
    ]
}
