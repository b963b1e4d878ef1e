/// Every command a client can name, family by family. The raw value indexes `CommandTable.specs`.
public enum CommandID: UInt16, CaseIterable, BitwiseCopyable, Sendable {
    // Strings
    case append, decr, decrby, get, getdel, getex, getrange, getset, incr, incrby, incrbyfloat, lcs,
        mget, mset, msetnx, psetex, set, setex, setnx, setrange, strlen, substr
    // Versions
    case cas, gets
    // Bitmaps
    case bitcount, bitfield, bitfieldRO, bitop, bitpos, getbit, setbit
    // Keys
    case copy, del, dump, exists, keys, move, object, randomkey, rename, renamenx, restore, scan, touch, type,
        unlink
    // Expiry
    case expire, expireat, expiretime, persist, pexpire, pexpireat, pexpiretime, pttl, ttl
    // Databases
    case dbsize, flushall, flushdb, swapdb
    // Connection
    case asking, auth, echo, hello, ping, quit, readonly, readwrite, reset, select, client, command
    // Server
    case bgsave, config, debug, info, lastsave, lolwut, memory, monitor, save, shutdown, time, latency,
        slowlog
    case bgrewriteaof, waitaof
    // Cluster
    case cluster, function
}
