import Testing

@testable import Node

/// Values and complaints recorded from redis-server 7.0.15.
@Suite struct DirectiveReadingTests {
    private func read(_ name: String, _ words: String..., current: String? = nil) -> Result<String, Complaint>
    {
        guard let id = Directive.find(name) else { return .failure(Complaint("no such directive")) }
        let directive = Directive[id]
        return Result { () throws(Complaint) in
            try directive.read(words, current: current ?? directive.defaultText)
        }
    }

    @Test(arguments: [
        ("maxmemory", "10mb", "10485760"), ("maxmemory", "1GB", "1073741824"), ("maxmemory", "100b", "100"),
        ("maxmemory", "1k", "1000"), ("maxmemory", "1m", "1000000"), ("maxmemory", "2g", "2000000000"),
        ("maxmemory", "", "0"), ("maxmemory", "k", "0"),
        ("maxmemory", "18446744073709551615", "18446744073709551615"),
        ("maxmemory-clients", "5%", "5%"), ("maxmemory-clients", "0%", "0"),
        ("maxmemory-clients", "1kb", "1024"),
        ("hz", "1000000", "500"), ("hz", "0", "1"), ("hz", "20", "20"), ("appendonly", "YES", "yes"),
        ("maxmemory-policy", "ALLKEYS-LRU", "allkeys-lru"), ("loglevel", "Verbose", "verbose"),
        ("syslog-facility", "LOCAL1", "local1"), ("unixsocketperm", "0700", "700"),
        ("unixsocketperm", "755", "755"),
        ("save", "900 1 300 10", "900 1 300 10"), ("save", "", ""), ("save", "900 0", "900 0"),
        ("latency-tracking-info-percentiles", "50 99.99 100.0", "50 99.99 100"),
        ("latency-tracking-info-percentiles", "1.123456789012345678", "1.123457"),
        ("latency-tracking-info-percentiles", "", ""), ("oom-score-adj-values", "1 2 3", "1 2 3"),
        ("notify-keyspace-events", "gKEx$", "g$xKE"), ("notify-keyspace-events", "AKE", "AKE"),
        ("notify-keyspace-events", "g$lshzxetdKEm", "AKEm"), ("notify-keyspace-events", "n", "n"),
        ("bind", "127.0.0.1 -::1", "127.0.0.1 -::1"), ("bind", "", ""),
        ("slowlog-log-slower-than", "-1", "-1"),
        ("list-max-ziplist-size", "-2147483648", "-2147483648"), ("cpus", "0-3,8", "0-3,8"), ("cpus", "", ""),
        (
            "client-output-buffer-limit", "replica 1mb 2kb 3 pubsub 1 2 3",
            "normal 0 0 0 slave 1048576 2048 3 pubsub 1 2 3"
        ),
        (
            "client-output-buffer-limit", "normal 1 2 3 normal 4 5 6",
            "normal 4 5 6 slave 268435456 67108864 60 pubsub 33554432 8388608 60"
        ),
        (
            "client-output-buffer-limit", "",
            "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"
        ),
        ("ring-entries", "256", "256"),
    ])
    func takes(name: String, word: String, text: String) {
        #expect(read(name, word) == .success(text))
    }

    static let notANumber = "argument couldn't be parsed into an integer"
    static let notMemory = "argument must be a memory value"
    static let limits = "Error in hard, soft or soft_seconds setting in buffer limit configuration."

    @Test(arguments: [
        ("hz", "", notANumber), ("hz", "+5", notANumber), ("hz", " 5", notANumber), ("hz", "5 ", notANumber),
        ("hz", "05", notANumber), ("hz", "9223372036854775808", notANumber), ("hz", "5%", notANumber),
        ("hz", "-1", "argument must be between 0 and 2147483647 inclusive"),
        ("port", "80000", "argument must be between 0 and 65535 inclusive"),
        ("maxclients", "0", "argument must be between 1 and 4294967295 inclusive"),
        ("slowlog-max-len", "-1", "argument must be between 0 and 9223372036854775807 inclusive"),
        ("maxmemory", "10x", notMemory), ("maxmemory", "1.5gb", notMemory), ("maxmemory", " 5", notMemory),
        ("maxmemory", "+5", notMemory), ("maxmemory", "-1", notMemory), ("maxmemory", "5%", notMemory),
        ("maxmemory", "99999999999gb", notMemory),
        ("proto-max-bulk-len", "1kb", "argument must be between 1048576 and 9223372036854775807 inclusive"),
        ("maxmemory-clients", "101%", "percentage argument must be less or equal to 100"),
        ("maxmemory-clients", "-5%", "argument must be a memory or percent value"),
        ("appendonly", "junk", "argument must be 'yes' or 'no'"),
        ("loglevel", "nothing", "argument(s) must be one of the following: debug, verbose, notice, warning"),
        ("unixsocketperm", "888", "argument couldn't be parsed as an octal number"),
        ("unixsocketperm", "1000", "argument must be between 0 and 777 inclusive"),
        ("unixsocketperm", "-1", "argument must be between 0 and 777 inclusive"),
        ("save", "900", "Invalid save parameters"), ("save", "0 1", "Invalid save parameters"),
        ("save", "900 -1", "Invalid save parameters"), ("save", "900 1  300 10", "Invalid save parameters"),
        ("save", "junk x", "Invalid save parameters"),
        ("client-output-buffer-limit", "junk x", "Wrong number of arguments in buffer limit configuration."),
        (
            "client-output-buffer-limit", "foo 1 2 3",
            "Invalid client class specified in buffer limit configuration."
        ),
        (
            "client-output-buffer-limit", "master 1 2 3",
            "Invalid client class specified in buffer limit configuration."
        ),
        ("client-output-buffer-limit", "normal -1 2 3", limits),
        ("client-output-buffer-limit", "normal 1 2 x", limits),
        ("client-output-buffer-limit", "normal 1 2 -3", limits),
        ("notify-keyspace-events", "junk", "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."),
        ("latency-tracking-info-percentiles", "50 x", "Invalid latency-tracking-info-percentiles parameters"),
        ("latency-tracking-info-percentiles", "nan", "Invalid latency-tracking-info-percentiles parameters"),
        (
            "latency-tracking-info-percentiles", "101",
            "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"
        ),
        ("oom-score-adj-values", "0 200", "wrong number of arguments"),
        (
            "oom-score-adj-values", "1 2 30000",
            "Invalid oom-score-adj-values, elements must be between -2000 and 2000."
        ),
        ("appendfilename", "a/b", "appendfilename can't be a path, just a filename"),
        (
            "cluster-announce-hostname", "a_b",
            "Hostnames may only contain alphanumeric characters, hyphens or dots"
        ),
        ("cpus", "3-1", "argument must be a list of CPU numbers, like 0-3,8"),
        ("cpus", "1-2-3", "argument must be a list of CPU numbers, like 0-3,8"),
        ("cpus", "0,,1", "argument must be a list of CPU numbers, like 0-3,8"),
        ("ring-entries", "1000", "argument must be a power of two"),
    ])
    func refuses(name: String, word: String, complaint: String) {
        #expect(read(name, word) == .failure(Complaint(complaint)))
    }

    @Test func countsWords() {
        #expect(read("timeout") == .failure(.wordCount))
        #expect(read("timeout", "1", "2") == .failure(.wordCount))
        #expect(read("bind") == .success(""))
        #expect(read("replicaof", "No", "One") == .success(""))
    }

    @Test func memoryIsSpelledShortly() {
        #expect(MemoryText.shortest(0) == "0")
        #expect(MemoryText.shortest(1 << 30) == "1gb")
        #expect(MemoryText.shortest(1536 << 20) == "1536mb")
        #expect(MemoryText.shortest(1000) == "1000")
        for bytes in [1, 1024, 3 << 20, UInt64.max] {
            #expect(MemoryText.parse(MemoryText.shortest(bytes)) == bytes)
        }
    }
}
