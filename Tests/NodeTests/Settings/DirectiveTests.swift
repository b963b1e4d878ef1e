import Foundation
import Testing

@testable import Node

@Suite struct DirectiveTests {
    /// What `CONFIG GET *` of redis-server 7.0.15 names, aliases included.
    static let redisNames: [String] = """
        acl-pubsub-default aclfile acllog-max-len active-defrag-cycle-max active-defrag-cycle-min
        active-defrag-ignore-bytes active-defrag-max-scan-fields active-defrag-threshold-lower
        active-defrag-threshold-upper active-expire-effort activedefrag activerehashing
        always-show-logo aof-disable-auto-gc aof-load-truncated aof-rewrite-incremental-fsync
        aof-timestamp-enabled aof-use-rdb-preamble aof_rewrite_cpulist appenddirname appendfilename
        appendfsync appendonly auto-aof-rewrite-min-size auto-aof-rewrite-percentage bgsave_cpulist
        bind bind-source-addr bio_cpulist busy-reply-threshold client-output-buffer-limit
        client-query-buffer-limit cluster-allow-pubsubshard-when-down cluster-allow-reads-when-down
        cluster-allow-replica-migration cluster-announce-bus-port cluster-announce-hostname
        cluster-announce-ip cluster-announce-port cluster-announce-tls-port cluster-config-file
        cluster-enabled cluster-link-sendbuf-limit cluster-migration-barrier cluster-node-timeout
        cluster-port cluster-preferred-endpoint-type cluster-replica-no-failover
        cluster-replica-validity-factor cluster-require-full-coverage cluster-slave-no-failover
        cluster-slave-validity-factor crash-log-enabled crash-memcheck-enabled daemonize databases
        dbfilename dir disable-thp dynamic-hz enable-debug-command enable-module-command
        enable-protected-configs hash-max-listpack-entries hash-max-listpack-value
        hash-max-ziplist-entries hash-max-ziplist-value hll-sparse-max-bytes hz ignore-warnings
        io-threads io-threads-do-reads jemalloc-bg-thread latency-monitor-threshold latency-tracking
        latency-tracking-info-percentiles lazyfree-lazy-eviction lazyfree-lazy-expire
        lazyfree-lazy-server-del lazyfree-lazy-user-del lazyfree-lazy-user-flush lfu-decay-time
        lfu-log-factor list-compress-depth list-max-listpack-size list-max-ziplist-size logfile
        loglevel lua-time-limit masterauth masteruser maxclients maxmemory maxmemory-clients
        maxmemory-eviction-tenacity maxmemory-policy maxmemory-samples min-replicas-max-lag
        min-replicas-to-write min-slaves-max-lag min-slaves-to-write no-appendfsync-on-rewrite
        notify-keyspace-events oom-score-adj oom-score-adj-values pidfile port proc-title-template
        propagation-error-behavior protected-mode proto-max-bulk-len rdb-del-sync-files
        rdb-save-incremental-fsync rdbchecksum rdbcompression repl-backlog-size repl-backlog-ttl
        repl-disable-tcp-nodelay repl-diskless-load repl-diskless-sync repl-diskless-sync-delay
        repl-diskless-sync-max-replicas repl-ping-replica-period repl-ping-slave-period repl-timeout
        replica-announce-ip replica-announce-port replica-announced replica-ignore-disk-write-errors
        replica-ignore-maxmemory replica-lazy-flush replica-priority replica-read-only
        replica-serve-stale-data replicaof requirepass sanitize-dump-payload save server_cpulist
        set-max-intset-entries set-proc-title shutdown-on-sigint shutdown-on-sigterm
        shutdown-timeout slave-announce-ip slave-announce-port slave-ignore-maxmemory
        slave-lazy-flush slave-priority slave-read-only slave-serve-stale-data slaveof
        slowlog-log-slower-than slowlog-max-len socket-mark-id stop-writes-on-bgsave-error
        stream-node-max-bytes stream-node-max-entries supervised syslog-enabled syslog-facility
        syslog-ident tcp-backlog tcp-keepalive timeout tls-auth-clients tls-ca-cert-dir
        tls-ca-cert-file tls-cert-file tls-ciphers tls-ciphersuites tls-client-cert-file
        tls-client-key-file tls-client-key-file-pass tls-cluster tls-dh-params-file tls-key-file
        tls-key-file-pass tls-port tls-prefer-server-ciphers tls-protocols tls-replication
        tls-session-cache-size tls-session-cache-timeout tls-session-caching tracking-table-max-keys
        unixsocket unixsocketperm zset-max-listpack-entries zset-max-listpack-value
        zset-max-ziplist-entries zset-max-ziplist-value
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    @Test func everyNameOfRedisIsKnown() {
        #expect(DirectiveTests.redisNames.count == 192)
        for name in DirectiveTests.redisNames { #expect(Directive.find(name) != nil, "\(name)") }
    }

    @Test func namesAreUniqueAndLowerCase() {
        let names = Directive.names.map(\.name)
        #expect(Set(names).count == names.count)
        for name in names { #expect(name == name.lowercased()) }
    }

    @Test func everyDefaultIsAValueThatReadsAsItself() throws {
        for directive in Directive.all {
            let text = try? directive.read([directive.defaultText], current: directive.defaultText)
            // `replicaof ""` is how the default shows, not how it is written.
            if directive.name == "replicaof" { continue }
            #expect(text == directive.defaultText, "\(directive.name)")
        }
    }

    @Test func everyHonouredDirectiveReachesTheSettings() throws {
        // A value other than the default must change the typed settings: else nothing reads the directive.
        let others: [Directive.Group: [String: String]] = [
            .network: ["bind": "10.0.0.1", "unixsocket": "/x"], .process: ["dir": "/elsewhere"],
            .cores: ["cpus": "3"], .cluster: ["cluster-announce-ip": "10.0.0.1"],
            .clients: ["client-output-buffer-limit": "normal 1 1 1"], .security: ["requirepass": "x"],
            .persistence: ["save": "1 1", "dbfilename": "x.rdb"],
            .logs: ["logfile": "x", "latency-tracking-info-percentiles": "7"],
        ]
        for (index, directive) in Directive.all.enumerated() where directive.standing == .honoured {
            var store = SettingsStore()
            let word = try others[directive.group]?[directive.name] ?? #require(otherValue(of: directive))
            store.take(DirectiveID(index: index), try directive.read([word], current: directive.defaultText))
            #expect(Settings(store) != Settings(), "\(directive.name)")
        }
    }

    private func otherValue(of directive: Directive) -> String? {
        switch directive.kind {
        case .flag: directive.defaultText == "yes" ? "no" : "yes"
        case .choice(let choices): choices.first { $0 != directive.defaultText }
        case .integer: directive.defaultText == "7" ? "8" : "7"
        case .powerOfTwo: "256"
        case .memory:
            "1gb" == MemoryText.shortest(UInt64(directive.defaultText) ?? 0)
                ? "2gb" : directive.name == "receive-buffer-size" ? "2kb" : "1gb"
        case .permissions: "700"
        default: nil
        }
    }

    @Test func aliasesNameTheSameValue() {
        #expect(Directive.find("slave-priority") == Directive.find("replica-priority"))
        #expect(Directive.find("LUA-Time-Limit") == Directive.find("busy-reply-threshold"))
    }

    @Test func programsGetEveryDirective() throws {
        let data = Data(DirectiveDescription.json.utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let directives = try #require(object["directives"] as? [[String: Any]])
        #expect(Set(directives.compactMap { $0["name"] as? String }) == Set(Directive.all.map(\.name)))
        #expect(directives.count == Directive.all.count)
        let level = try #require(directives.first { $0["name"] as? String == "loglevel" })
        #expect(level["values"] as? [String] == ["debug", "verbose", "notice", "warning"])
        #expect(level["default"] as? String == "notice" && level["change"] as? String == "live")
        #expect(level["standing"] as? String == "honoured" && level["reason"] is NSNull)
        let folder = try #require(directives.first { $0["name"] as? String == "aclfile" })
        #expect(folder["standing"] as? String == "refused" && folder["reason"] is String)
        let switches = try #require(object["switches"] as? [[String: Any]])
        #expect(
            switches.compactMap { $0["name"] as? String }
                == CommandLineOptions.Switch.allCases.map(\.rawValue))
    }

    @Test func helpShowsEveryDirective() {
        let help = DirectiveHelp.text
        for directive in Directive.all { #expect(help.contains(directive.name), "\(directive.name)") }
        #expect(help.contains("Cores and rings:"))
        #expect(help.contains("[16kb]"))
    }
}
