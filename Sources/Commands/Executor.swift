public import Keyspace
public import Wire

/// Runs data commands on a shard. Called on the core that owns the shard.
public enum Executor {
    /// Runs a call whose number of arguments the table accepts, and writes exactly one reply.
    public static func execute(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) {
        let place = reply.place()
        do throws(CommandError) {
            try dispatch(call, on: &shard, reply: &reply)
        } catch {
            // What a command wrote before it failed is not part of the answer.
            reply.discard(from: place)
            error.write(for: call, reply: &reply)
        }
    }

    /// The same, and tells the log what has changed. Called while the log is on; a command that changed nothing, or
    /// failed, leaves nothing there.
    public static func execute(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter, effects: inout EffectLog
    ) {
        let changes = shard.changes
        let place = reply.place()
        do throws(CommandError) {
            try dispatch(call, on: &shard, reply: &reply)
        } catch {
            reply.discard(from: place)
            return error.write(for: call, reply: &reply)
        }
        guard shard.changes != changes else { return }
        effects.noteRemovals(of: &shard, at: call.now)
        effects.note(call, on: &shard)
    }

    @inline(__always)
    private static func dispatch(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        switch call.command {
        case .get: try Strings.get(call, on: &shard, reply: &reply)
        case .set: try Strings.set(call, on: &shard, reply: &reply)
        case .append: try Strings.append(call, on: &shard, reply: &reply)
        case .decr: try Strings.decr(call, on: &shard, reply: &reply)
        case .decrby: try Strings.decrby(call, on: &shard, reply: &reply)
        case .getdel: try Strings.getdel(call, on: &shard, reply: &reply)
        case .getex: try Strings.getex(call, on: &shard, reply: &reply)
        case .getrange, .substr: try Strings.getrange(call, on: &shard, reply: &reply)
        case .getset: try Strings.getset(call, on: &shard, reply: &reply)
        case .incr: try Strings.incr(call, on: &shard, reply: &reply)
        case .incrby: try Strings.incrby(call, on: &shard, reply: &reply)
        case .incrbyfloat: try Strings.incrbyfloat(call, on: &shard, reply: &reply)
        case .mget: Strings.mget(call, on: &shard, reply: &reply)
        case .mset: try Strings.mset(call, on: &shard, reply: &reply)
        case .psetex: try Strings.psetex(call, on: &shard, reply: &reply)
        case .setex: try Strings.setex(call, on: &shard, reply: &reply)
        case .setnx: try Strings.setnx(call, on: &shard, reply: &reply)
        case .setrange: try Strings.setrange(call, on: &shard, reply: &reply)
        case .strlen: try Strings.strlen(call, on: &shard, reply: &reply)

        case .cas: try Versions.cas(call, on: &shard, reply: &reply)
        case .gets: try Versions.gets(call, on: &shard, reply: &reply)

        case .bitcount: try Bitmaps.bitcount(call, on: &shard, reply: &reply)
        case .bitfield, .bitfieldRO: try Bitmaps.bitfield(call, on: &shard, reply: &reply)
        case .bitpos: try Bitmaps.bitpos(call, on: &shard, reply: &reply)
        case .getbit: try Bitmaps.getbit(call, on: &shard, reply: &reply)
        case .setbit: try Bitmaps.setbit(call, on: &shard, reply: &reply)

        case .bitop, .copy, .lcs, .msetnx, .rename, .renamenx:
            try MultiKey.execute(call, on: &shard, reply: &reply)

        case .del, .unlink: Keys.del(call, on: &shard, reply: &reply)
        case .dump: Keys.dump(call, on: &shard, reply: &reply)
        case .exists: Keys.exists(call, on: &shard, reply: &reply)
        case .keys: Keys.keys(call, on: &shard, reply: &reply)
        case .memory: try Keys.memory(call, on: &shard, reply: &reply)
        case .move: try Keys.move(call, on: &shard, reply: &reply)
        case .object: try Keys.object(call, on: &shard, reply: &reply)
        case .randomkey: Keys.randomkey(call, on: &shard, reply: &reply)
        case .restore: try Keys.restore(call, on: &shard, reply: &reply)
        case .scan: try Keys.scan(call, on: &shard, reply: &reply)
        case .touch: Keys.touch(call, on: &shard, reply: &reply)
        case .type: Keys.type(call, on: &shard, reply: &reply)

        case .expire, .expireat, .pexpire, .pexpireat: try Keys.expire(call, on: &shard, reply: &reply)
        case .expiretime, .pexpiretime, .pttl, .ttl: Keys.ttl(call, on: &shard, reply: &reply)
        case .persist: try Keys.persist(call, on: &shard, reply: &reply)

        case .dbsize: Keys.dbsize(call, on: &shard, reply: &reply)
        case .flushall: try Keys.flushall(call, on: &shard, reply: &reply)
        case .flushdb: try Keys.flushdb(call, on: &shard, reply: &reply)
        case .swapdb: try Keys.swapdb(call, on: &shard, reply: &reply)

        case .bgrewriteaof, .waitaof, .asking, .auth, .bgsave, .client, .cluster, .command, .config, .debug,
            .echo, .function, .hello,
            .info,
            .lastsave, .latency, .lolwut, .monitor, .ping, .quit, .readonly, .readwrite, .reset, .save,
            .select, .shutdown,
            .slowlog, .time:
            preconditionFailure(
                "A command whose route is .connection runs on its connection, not on a shard.")
        }
    }
}
