import Testing

@testable import Commands

/// The table says what redis-server 7.0.15 answers in COMMAND INFO, command by command:
/// name, arity, flags, first key, last key, step, categories, tips.
@Suite struct RedisFactTests {
    static let captured = """
        append 3 write,denyoom,fast 1 1 1 write,string,fast -
        asking 1 fast 0 0 0 fast,connection -
        auth -2 noscript,loading,stale,fast,no_auth,allow_busy 0 0 0 fast,connection -
        bgrewriteaof 1 admin,noscript,no_async_loading 0 0 0 admin,slow,dangerous -
        bgsave -1 admin,noscript,no_async_loading 0 0 0 admin,slow,dangerous -
        bitcount -2 readonly 1 1 1 read,bitmap,slow -
        bitfield -2 write,denyoom 1 1 1 write,bitmap,slow -
        bitfield_ro -2 readonly,fast 1 1 1 read,bitmap,fast -
        bitop -4 write,denyoom 2 -1 1 write,bitmap,slow -
        bitpos -3 readonly 1 1 1 read,bitmap,slow -
        client -2 - 0 0 0 slow -
        client|getname 2 noscript,loading,stale 0 0 0 slow,connection -
        client|getredir 2 noscript,loading,stale 0 0 0 slow,connection -
        client|help 2 loading,stale 0 0 0 slow,connection -
        client|id 2 noscript,loading,stale 0 0 0 slow,connection -
        client|info 2 noscript,loading,stale 0 0 0 slow,connection nondeterministic_output
        client|kill -3 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous,connection -
        client|list -2 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous,connection nondeterministic_output
        client|no-evict 3 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous,connection -
        client|pause -3 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous,connection -
        client|reply 3 noscript,loading,stale 0 0 0 slow,connection -
        client|setname 3 noscript,loading,stale 0 0 0 slow,connection -
        client|trackinginfo 2 noscript,loading,stale 0 0 0 slow,connection -
        client|unpause 2 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous,connection -
        cluster -2 - 0 0 0 slow -
        cluster|help 2 loading,stale 0 0 0 slow -
        cluster|info 2 stale 0 0 0 slow nondeterministic_output
        cluster|keyslot 3 stale 0 0 0 slow -
        cluster|myid 2 stale 0 0 0 slow -
        cluster|nodes 2 stale 0 0 0 slow nondeterministic_output
        cluster|shards 2 stale 0 0 0 slow nondeterministic_output
        cluster|slots 2 stale 0 0 0 slow nondeterministic_output
        command -1 loading,stale 0 0 0 slow,connection nondeterministic_output_order
        command|count 2 loading,stale 0 0 0 slow,connection -
        command|docs -2 loading,stale 0 0 0 slow,connection nondeterministic_output_order
        command|getkeys -4 loading,stale 0 0 0 slow,connection -
        command|getkeysandflags -4 loading,stale 0 0 0 slow,connection -
        command|help 2 loading,stale 0 0 0 slow,connection -
        command|info -2 loading,stale 0 0 0 slow,connection nondeterministic_output_order
        command|list -2 loading,stale 0 0 0 slow,connection nondeterministic_output_order
        config -2 - 0 0 0 slow -
        config|get -3 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous -
        config|help 2 loading,stale 0 0 0 slow -
        config|resetstat 2 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous -
        config|rewrite 2 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous -
        config|set -4 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous request_policy:all_nodes,response_policy:all_succeeded
        copy -3 write,denyoom 1 2 1 keyspace,write,slow -
        dbsize 1 readonly,fast 0 0 0 keyspace,read,fast request_policy:all_shards,response_policy:agg_sum
        debug -2 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous -
        decr 2 write,denyoom,fast 1 1 1 write,string,fast -
        decrby 3 write,denyoom,fast 1 1 1 write,string,fast -
        del -2 write 1 -1 1 keyspace,write,slow request_policy:multi_shard,response_policy:agg_sum
        dump 2 readonly 1 1 1 keyspace,read,slow nondeterministic_output
        echo 2 loading,stale,fast 0 0 0 fast,connection -
        exists -2 readonly,fast 1 -1 1 keyspace,read,fast request_policy:multi_shard,response_policy:agg_sum
        expire -3 write,fast 1 1 1 keyspace,write,fast -
        expireat -3 write,fast 1 1 1 keyspace,write,fast -
        expiretime 2 readonly,fast 1 1 1 keyspace,read,fast -
        flushall -1 write 0 0 0 keyspace,write,slow,dangerous request_policy:all_shards,response_policy:all_succeeded
        flushdb -1 write 0 0 0 keyspace,write,slow,dangerous request_policy:all_shards,response_policy:all_succeeded
        function -2 - 0 0 0 slow -
        function|flush -2 write,noscript 0 0 0 write,slow,scripting request_policy:all_shards,response_policy:all_succeeded
        function|help 2 loading,stale 0 0 0 slow,scripting -
        get 2 readonly,fast 1 1 1 read,string,fast -
        getbit 3 readonly,fast 1 1 1 read,bitmap,fast -
        getdel 2 write,fast 1 1 1 write,string,fast -
        getex -2 write,fast 1 1 1 write,string,fast -
        getrange 4 readonly 1 1 1 read,string,slow -
        getset 3 write,denyoom,fast 1 1 1 write,string,fast -
        hello -1 noscript,loading,stale,fast,no_auth,allow_busy 0 0 0 fast,connection -
        incr 2 write,denyoom,fast 1 1 1 write,string,fast -
        incrby 3 write,denyoom,fast 1 1 1 write,string,fast -
        incrbyfloat 3 write,denyoom,fast 1 1 1 write,string,fast -
        info -1 loading,stale 0 0 0 slow,dangerous nondeterministic_output,request_policy:all_shards,response_policy:special
        keys 2 readonly 0 0 0 keyspace,read,slow,dangerous request_policy:all_shards,nondeterministic_output_order
        lastsave 1 loading,stale,fast 0 0 0 admin,fast,dangerous nondeterministic_output
        latency -2 - 0 0 0 slow -
        latency|doctor 2 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous nondeterministic_output,request_policy:all_nodes,response_policy:special
        latency|graph 3 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous nondeterministic_output,request_policy:all_nodes,response_policy:special
        latency|help 2 loading,stale 0 0 0 slow -
        latency|histogram -2 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous nondeterministic_output,request_policy:all_nodes,response_policy:special
        latency|history 3 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous nondeterministic_output,request_policy:all_nodes,response_policy:special
        latency|latest 2 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous nondeterministic_output,request_policy:all_nodes,response_policy:special
        latency|reset -2 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous request_policy:all_nodes,response_policy:all_succeeded
        lcs -3 readonly 1 2 1 read,string,slow -
        lolwut -1 readonly,fast 0 0 0 read,fast -
        memory -2 - 0 0 0 slow -
        memory|doctor 2 - 0 0 0 slow nondeterministic_output,request_policy:all_shards,response_policy:special
        memory|help 2 loading,stale 0 0 0 slow -
        memory|purge 2 - 0 0 0 slow request_policy:all_shards,response_policy:all_succeeded
        memory|stats 2 - 0 0 0 slow nondeterministic_output,request_policy:all_shards,response_policy:special
        memory|usage -3 readonly 2 2 1 read,slow -
        mget -2 readonly,fast 1 -1 1 read,string,fast request_policy:multi_shard
        monitor 1 admin,noscript,loading,stale 0 0 0 admin,slow,dangerous -
        move 3 write,fast 1 1 1 keyspace,write,fast -
        mset -3 write,denyoom 1 -1 2 write,string,slow request_policy:multi_shard,response_policy:all_succeeded
        msetnx -3 write,denyoom 1 -1 2 write,string,slow request_policy:multi_shard,response_policy:agg_min
        object -2 - 0 0 0 slow -
        object|encoding 3 readonly 2 2 1 keyspace,read,slow nondeterministic_output
        object|freq 3 readonly 2 2 1 keyspace,read,slow nondeterministic_output
        object|help 2 loading,stale 0 0 0 keyspace,slow -
        object|idletime 3 readonly 2 2 1 keyspace,read,slow nondeterministic_output
        object|refcount 3 readonly 2 2 1 keyspace,read,slow nondeterministic_output
        persist 2 write,fast 1 1 1 keyspace,write,fast -
        pexpire -3 write,fast 1 1 1 keyspace,write,fast -
        pexpireat -3 write,fast 1 1 1 keyspace,write,fast -
        pexpiretime 2 readonly,fast 1 1 1 keyspace,read,fast -
        ping -1 fast 0 0 0 fast,connection request_policy:all_shards,response_policy:all_succeeded
        psetex 4 write,denyoom 1 1 1 write,string,slow -
        pttl 2 readonly,fast 1 1 1 keyspace,read,fast nondeterministic_output
        quit -1 noscript,loading,stale,fast,no_auth,allow_busy 0 0 0 fast,connection -
        randomkey 1 readonly 0 0 0 keyspace,read,slow request_policy:all_shards,nondeterministic_output
        readonly 1 loading,stale,fast 0 0 0 fast,connection -
        readwrite 1 loading,stale,fast 0 0 0 fast,connection -
        rename 3 write 1 2 1 keyspace,write,slow -
        renamenx 3 write,fast 1 2 1 keyspace,write,fast -
        reset 1 noscript,loading,stale,fast,no_auth,allow_busy 0 0 0 fast,connection -
        restore -4 write,denyoom 1 1 1 keyspace,write,slow,dangerous -
        save 1 admin,noscript,no_async_loading,no_multi 0 0 0 admin,slow,dangerous -
        scan -2 readonly 0 0 0 keyspace,read,slow nondeterministic_output,request_policy:special
        select 2 loading,stale,fast 0 0 0 fast,connection -
        set -3 write,denyoom 1 1 1 write,string,slow -
        setbit 4 write,denyoom 1 1 1 write,bitmap,slow -
        setex 4 write,denyoom 1 1 1 write,string,slow -
        setnx 3 write,denyoom,fast 1 1 1 write,string,fast -
        setrange 4 write,denyoom 1 1 1 write,string,slow -
        shutdown -1 admin,noscript,loading,stale,no_multi,allow_busy 0 0 0 admin,slow,dangerous -
        slowlog -2 - 0 0 0 slow -
        slowlog|get -2 admin,loading,stale 0 0 0 admin,slow,dangerous request_policy:all_nodes,nondeterministic_output
        slowlog|help 2 loading,stale 0 0 0 slow -
        slowlog|len 2 admin,loading,stale 0 0 0 admin,slow,dangerous request_policy:all_nodes,response_policy:agg_sum,nondeterministic_output
        slowlog|reset 2 admin,loading,stale 0 0 0 admin,slow,dangerous request_policy:all_nodes,response_policy:all_succeeded
        strlen 2 readonly,fast 1 1 1 read,string,fast -
        substr 4 readonly 1 1 1 read,string,slow -
        swapdb 3 write,fast 0 0 0 keyspace,write,fast,dangerous -
        time 1 loading,stale,fast 0 0 0 fast nondeterministic_output
        touch -2 readonly,fast 1 -1 1 keyspace,read,fast request_policy:multi_shard,response_policy:agg_sum
        ttl 2 readonly,fast 1 1 1 keyspace,read,fast nondeterministic_output
        type 2 readonly,fast 1 1 1 keyspace,read,fast -
        unlink -2 write,fast 1 -1 1 keyspace,write,fast request_policy:multi_shard,response_policy:agg_sum
        """

    /// Ours: unknown to that server.
    static let own: Set<String> = ["cas", "gets", "client|setinfo", "client|no-touch", "waitaof"]

    @Test func tableAgreesWithTheServer() {
        let specs = CommandTable.specs + CommandTable.subcommandSpecs
        let ours = specs.filter { !Self.own.contains($0.name) }.map(facts).sorted()
        let theirs = Self.captured.split(separator: "\n").map(String.init).sorted()
        #expect(ours.count == theirs.count)
        for (ours, theirs) in zip(ours, theirs) { #expect(ours == theirs) }
    }

    private func facts(_ spec: CommandSpec) -> String {
        func list(_ words: [String]) -> String { words.isEmpty ? "-" : words.joined(separator: ",") }
        let flags = CommandFlags.names.filter { spec.flags.contains($0.0) }.map { "\($0.1)" }
        let categories = CommandCategories.names.filter { spec.categories.contains($0.category) }
        let keys = spec.keyRange
        return [
            spec.name, "\(spec.arity)", list(flags), "\(keys.first) \(keys.last) \(keys.step)",
            list(categories.map { "\($0.name)" }), list(spec.tips.map { "\($0)" }),
        ].joined(separator: " ")
    }
}
