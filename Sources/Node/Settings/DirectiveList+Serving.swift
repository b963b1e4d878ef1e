/// Network, security, cores, memory, clients and logs: what a node of this stage lives by.
extension Directive {
    static let networkDirectives: [Directive] = [
        .init(
            "bind", .words, "* -::*", .afterRestart, .honoured, .network,
            "addresses to listen on; '-' before one: skip it when it is not there"),
        .init(
            "port", .port, "6379", .afterRestart, .honoured, .network, "TCP port; 0 listens on no TCP port"),
        .init(
            "unixsocket", .text, "", .atStart, .honoured, .network,
            "path of a Unix socket to listen on as well"),
        .init(
            "unixsocketperm", .permissions, "0", .atStart, .honoured, .network,
            "file mode of the Unix socket, octal; 0 leaves it to the umask"),
        .init(
            "tcp-backlog", .natural, "511", .atStart, .honoured, .network,
            "connections the kernel may queue before they are accepted"),
        .init(
            "tcp-keepalive", .natural, "300", .live, .honoured, .network,
            "seconds of silence after which the kernel probes a client; 0 never"),
        .init(
            "timeout", .natural, "0", .live, .honoured, .network,
            "seconds after which an idle client is disconnected; 0 never"),
        .init(
            "bind-source-addr", .text, "", .live, .accepted(Reason.replication), .network,
            "address to connect from"),
        .init(
            "socket-mark-id", .integer(0...4_294_967_295), "0", .atStart,
            .accepted("packets are not marked"), .network, "mark that listening sockets put on packets"),
    ]

    static let securityDirectives: [Directive] = [
        .init(
            "requirepass", .text, "", .live, .honoured, .security, "password clients must give; empty: none"),
        .init(
            "protected-mode", .flag, "yes", .live, .honoured, .security,
            "without a password, refuse clients from other machines"),
        .init(
            "enable-protected-configs", .choice(["no", "yes", "local"]), "no", .atStart, .honoured, .security,
            "who may CONFIG SET dir and dbfilename: nobody, everybody, this machine"),
        .init(
            "enable-debug-command", .choice(["no", "yes", "local"]), "no", .atStart, .honoured, .security,
            "who may use DEBUG: nobody, everybody, clients of this machine"),
        .init(
            "enable-module-command", .choice(["no", "yes", "local"]), "no", .atStart,
            .accepted(Reason.modules), .security, "who may use MODULE"),
        .init(
            "aclfile", .text, "", .atStart,
            .refused("there are no users besides the default one yet; requirepass sets its password"),
            .security,
            "file of users"),
        .init(
            "acllog-max-len", .large, "128", .live, .accepted(Reason.users), .security,
            "entries of the ACL log"),
        .init(
            "acl-pubsub-default", .choice(["allchannels", "resetchannels"]), "resetchannels", .live,
            .accepted(Reason.users), .security, "channels of a new user"),
    ]

    static let coreDirectives: [Directive] = [
        .init(
            "cpus", .cpuList, "", .atStart, .honoured, .cores,
            "CPUs to run on, one core each, as 0-3,8; empty: all this process may use"),
        .init(
            "cpu-pinning", .flag, "yes", .atStart, .honoured, .cores, "keep every core's thread on its CPU"),
        .init(
            "core-ports", .flag, "no", .atStart, .honoured, .cores,
            "give every core a port of its own; cluster clients then reach each key without a hop"),
        .init(
            "core-port-base", .port, "0", .atStart, .honoured, .cores,
            "port of the first core, the others follow; 0: port + 1"),
        .init(
            "ring-entries", .powerOfTwo(64...32768), "1024", .atStart, .honoured, .cores,
            "submission queue entries of each ring"),
        .init(
            "receive-buffers", .powerOfTwo(16...32768), "1024", .atStart, .honoured, .cores,
            "receive buffers of each core at most, shared by its connections"),
        .init(
            "receive-buffer-size", .memory(1024...1_048_576), "16384", .atStart, .honoured, .cores,
            "size of one receive buffer"),
        .init(
            "huge-pages", .flag, "yes", .atStart, .honoured, .cores,
            "ask the kernel for huge pages under the shards' memory"),
        .init(
            "numa", .flag, "yes", .atStart, .honoured, .cores,
            "keep a core's memory on its own NUMA node, where there are several"),
        .init(
            "shard-reserve", .memory(0...68_719_476_736), "0", .atStart, .honoured, .cores,
            "address space to reserve for each shard; 0: from the machine's memory"),
        .init(
            "unsafe-unordered-multishard", .flag, "no", .atStart, unorderedStanding, .cores,
            "for tests only: commands on several cores' keys run unordered, so half of one can be seen"),
        .init(
            "io-threads", .integer(1...128), "1", .atStart, .accepted(Reason.cores), .cores,
            "threads that read and write for the main one"),
        .init(
            "io-threads-do-reads", .flag, "no", .atStart, .accepted(Reason.cores), .cores,
            "whether those threads read too"),
        .init(
            "server_cpulist", .text, "", .atStart, .accepted(Reason.cores), .cores, "CPUs of the main thread"),
        .init(
            "bio_cpulist", .text, "", .atStart, .accepted(Reason.cores), .cores, "CPUs of background threads"),
        .init(
            "aof_rewrite_cpulist", .text, "", .atStart, .accepted(Reason.noFork), .cores,
            "CPUs of the append-only file's rewriter"),
        .init(
            "bgsave_cpulist", .text, "", .atStart, .accepted(Reason.noFork), .cores,
            "CPUs of the snapshot writer"),
    ]

    /// Whoever measures what the ordering is for builds for debugging.
    private static var unorderedStanding: Standing {
        #if DEBUG
            .honoured
        #else
            .refused("this build always keeps commands on several cores' keys in order")
        #endif
    }

    static let memoryDirectives: [Directive] = [
        .init(
            "databases", .integer(1...256), "16", .atStart, .honoured, .memory,
            "number of databases for SELECT"),
        .init(
            "maxmemory", .memory(0...UInt64.max), "0", .live, .honoured, .memory,
            "bytes of data a node may hold; 0: no limit"),
        .init(
            "maxmemory-policy",
            .choice([
                "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "allkeys-lru",
                "allkeys-lfu",
                "allkeys-random", "noeviction", "allkeys-s3fifo",
            ]), "noeviction", .live, .honoured, .memory, "what to evict at the limit"),
        .init(
            "maxmemory-samples", .integer(1...Int64(Int32.max)), "5", .live, .honoured,
            .memory,
            "keys looked at to choose one to evict"),
        .init(
            "maxmemory-eviction-tenacity", .integer(0...100), "10", .live, .honoured,
            .memory,
            "how long one eviction may take"),
        .init(
            "maxmemory-clients", .memoryOrPercent, "0", .live,
            .accepted("see client-output-buffer-limit and client-query-buffer-limit"), .memory,
            "bytes all clients' buffers may take"),
        .init(
            "lfu-log-factor", .natural, "10", .live, .honoured, .memory,
            "how fast a key's access counter saturates"),
        .init(
            "lfu-decay-time", .natural, "1", .live, .honoured, .memory,
            "minutes after which a key's access counter is lowered"),
        .init(
            "active-expire-effort", .integer(1...10), "1", .live, .honoured, .memory,
            "share of each turn spent on keys whose time is over"),
        .init(
            "hz", .integer(0...Int64(Int32.max), clamp: 1...500), "10", .live, .honoured, .memory,
            "background rounds a second (client timeouts, statistics)"),
        .init(
            "dynamic-hz", .flag, "yes", .live,
            .accepted("background rounds do not depend on the clients' number"),
            .memory, "more rounds with more clients"),
        .init(
            "activerehashing", .flag, "yes", .live, .accepted(Reason.table), .memory, "rehash in idle time"),
        .init(
            "lazyfree-lazy-eviction", .flag, "no", .live, .accepted(Reason.freeing), .memory,
            "free evicted values in the background"),
        .init(
            "lazyfree-lazy-expire", .flag, "no", .live, .accepted(Reason.freeing), .memory,
            "free expired values in the background"),
        .init(
            "lazyfree-lazy-server-del", .flag, "no", .live, .accepted(Reason.freeing), .memory,
            "free overwritten values in the background"),
        .init(
            "lazyfree-lazy-user-del", .flag, "no", .live, .accepted(Reason.freeing), .memory,
            "let DEL free in the background"),
        .init(
            "lazyfree-lazy-user-flush", .flag, "no", .live, .accepted(Reason.freeing), .memory,
            "let FLUSHALL free in the background"),
        .init(
            "activedefrag", .flag, "no", .live, .honoured, .memory,
            "defragment while serving"),
        .init(
            "active-defrag-cycle-max", .integer(1...99), "25", .live, .honoured, .memory,
            "most CPU percent for defragmenting"),
        .init(
            "active-defrag-cycle-min", .integer(1...99), "1", .live, .honoured, .memory,
            "least CPU percent for defragmenting"),
        .init(
            "active-defrag-ignore-bytes", .memory(1...UInt64(Int64.max)), "104857600", .live,
            .honoured, .memory, "waste below which nothing is defragmented"),
        .init(
            "active-defrag-max-scan-fields", .integer(1...Int64.max), "1000", .live,
            .accepted(Reason.types),
            .memory, "fields moved at once"),
        .init(
            "active-defrag-threshold-lower", .integer(0...1000), "10", .live, .honoured,
            .memory,
            "waste percent at which defragmenting starts"),
        .init(
            "active-defrag-threshold-upper", .integer(0...1000), "100", .live, .honoured,
            .memory, "waste percent at which it works hardest"),
        .init(
            "jemalloc-bg-thread", .flag, "yes", .live, .accepted(Reason.allocator), .memory,
            "allocator's thread"),
        .init(
            "disable-thp", .flag, "yes", .atStart, .accepted("see huge-pages"), .memory,
            "switch transparent huge pages off"),
    ]

    static let clientDirectives: [Directive] = [
        .init(
            "maxclients", .integer(1...4_294_967_295), "10000", .live, .honoured, .clients,
            "connections served at a time"),
        .init(
            "client-output-buffer-limit", .bufferLimits,
            "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60", .live, .honoured, .clients,
            "class, hard bytes, soft bytes, seconds above soft, before a slow reader is cut; 0: no limit"),
        .init(
            "client-query-buffer-limit", .memory(1_048_576...UInt64(Int64.max)), "1073741824", .live,
            .honoured,
            .clients, "bytes of one client's unfinished request"),
        .init(
            "proto-max-bulk-len", .memory(1_048_576...UInt64(Int64.max)), "536870912", .live, .honoured,
            .clients,
            "longest argument a request may hold"),
        .init(
            "tracking-table-max-keys", .large, "1000000", .live,
            .accepted("client-side caching is not built yet"), .clients,
            "keys remembered for client-side caching"),
        .init(
            "notify-keyspace-events", .keyspaceEvents, "", .live, .accepted(Reason.pubsub), .clients,
            "classes of events to publish"),
    ]

    static let logDirectives: [Directive] = [
        .init(
            "loglevel", .choice(["debug", "verbose", "notice", "warning"]), "notice", .live, .honoured, .logs,
            "the least that is worth a line"),
        .init("logfile", .text, "", .atStart, .honoured, .logs, "file to log to; empty: standard output"),
        .init(
            "log-format", .choice(["plain", "json"]), "plain", .atStart, .honoured, .logs,
            "lines for people or for programs"),
        .init(
            "slowlog-log-slower-than", .integer(-1...Int64.max), "10000", .live, .honoured, .logs,
            "microseconds from which a command enters the slow log; -1 never"),
        .init("slowlog-max-len", .large, "128", .live, .honoured, .logs, "entries the slow log keeps"),
        .init(
            "latency-monitor-threshold", .large, "0", .live, .honoured, .logs,
            "milliseconds from which a delay enters LATENCY HISTORY; 0 off"),
        .init("latency-tracking", .flag, "yes", .live, .honoured, .logs, "measure every command's latency"),
        .init(
            "latency-tracking-info-percentiles", .percentiles, "50 99 99.9", .live, .honoured, .logs,
            "percentiles INFO latencystats shows"),
        .init("syslog-enabled", .flag, "no", .atStart, .accepted(Reason.syslog), .logs, "log to syslog"),
        .init("syslog-ident", .text, "redis", .atStart, .accepted(Reason.syslog), .logs, "name in syslog"),
        .init(
            "syslog-facility",
            .choice(["user", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"]),
            "local0", .atStart, .accepted(Reason.syslog), .logs, "facility in syslog"),
        .init("crash-log-enabled", .flag, "yes", .live, .accepted(Reason.crash), .logs, "report crashes"),
        .init(
            "crash-memcheck-enabled", .flag, "yes", .live, .accepted(Reason.crash), .logs, "test memory then"),
        .init(
            "always-show-logo", .flag, "no", .atStart, .accepted("there is no logo"), .logs, "show a logo"),
    ]

    static let processDirectives: [Directive] = [
        .init(
            "shutdown-timeout", .natural, "10", .live, .honoured, .process,
            "seconds that replies still on their way get at a shutdown"),
        .init("dir", .folder, "", .guarded, .honoured, .process, "working folder"),
        .init(
            "pidfile", .text, "", .atStart, .accepted(Reason.manager), .process, "file to hold the process id"
        ),
        .init(
            "daemonize", .flag, "no", .atStart, .accepted(Reason.manager), .process, "go to the background"),
        .init(
            "supervised", .choice(["upstart", "systemd", "auto", "no"]), "no", .atStart,
            .accepted(Reason.manager),
            .process, "tell the service manager when ready"),
        .init(
            "set-proc-title", .flag, "yes", .atStart, .accepted("ps shows the command line"), .process,
            "show more in ps"),
        .init(
            "proc-title-template", .text, "{title} {listen-addr} {server-mode}", .live,
            .accepted("ps shows the command line"), .process, "what ps shows"),
        .init(
            "shutdown-on-sigint", .choice(["default", "save", "nosave", "now", "force"]), "default", .live,
            .accepted(Reason.disk), .process, "how SIGINT shuts down"),
        .init(
            "shutdown-on-sigterm", .choice(["default", "save", "nosave", "now", "force"]), "default", .live,
            .accepted(Reason.disk), .process, "how SIGTERM shuts down"),
        .init(
            "oom-score-adj", .choice(["no", "yes", "relative", "absolute"]), "no", .live,
            .accepted(Reason.manager), .process, "tell the kernel whom to kill first"),
        .init(
            "oom-score-adj-values", .scores, "0 200 800", .live, .accepted(Reason.manager), .process,
            "scores of primary, replica and background process"),
        .init(
            "ignore-warnings", .text, "", .live, .accepted("there are no such start-up checks"), .process,
            "start-up warnings that do not stop the server"),
    ]
}
