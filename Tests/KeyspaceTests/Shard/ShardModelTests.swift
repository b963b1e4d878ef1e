import Testing

@testable import Keyspace

/// Random operations on a shard and on dictionaries, compared after each.
struct ShardModel: ~Copyable {
    struct Item {
        var value: [UInt8]
        var expiry: UnixMillis?
        var version: UInt64?
    }

    var shard: Shard
    var databases: [[[UInt8]: Item]]
    var now = start
    var dice: Dice
    var seen: Set<UInt64> = []
    let keySpace: Int

    init(seed: UInt64, keySpace: Int) {
        dice = Dice(seed: seed)
        shard = makeShard(databases: 3, seed: (seed, ~seed))
        databases = [[:], [:], [:]]
        self.keySpace = keySpace
    }
}

extension ShardModel {
    mutating func key() -> [UInt8] {
        let number = dice.below(keySpace)
        switch number % 16 {
        case 0: return bytes(String(repeating: "long key ", count: 40) + "\(number)")
        case 1: return bytes("\(number)")
        case 2: return number == 2 ? [] : bytes("k\(number)")
        default: return bytes("key:\(number)")
        }
    }

    mutating func value() -> [UInt8] {
        let length: Int
        switch dice.below(100) {
        case 0: length = dice.below(200_000)
        case 1...5: length = dice.below(5_000)
        default: length = dice.below(120)
        }
        return [UInt8](repeating: UInt8(dice.below(256)), count: length)
    }

    /// Drops what the model knows to be over.
    mutating func forget(_ key: [UInt8], _ db: Int) {
        if let item = databases[db][key], let expiry = item.expiry, expiry < now { databases[db][key] = nil }
    }

    mutating func step() {
        let db = dice.below(10) == 0 ? dice.below(3) : 0
        let index = DatabaseIndex(rawValue: UInt8(db))
        let key = key()
        forget(key, db)
        switch dice.below(100) {
        case 0..<40: set(key, db, index)
        case 40..<55: compare(key, db, index)
        case 55..<70: remove(key, db, index)
        case 70..<77: changeExpiry(key, db, index)
        case 77..<84: resize(key, db, index)
        case 84..<90: version(key, db, index)
        case 90..<94: rewrite(key, db, index)
        case 94..<99: pass()
        default: whole(db, index)
        }
    }

    mutating func set(_ key: [UInt8], _ db: Int, _ index: DatabaseIndex) {
        let value = value()
        var item = Item(value: value, expiry: nil, version: nil)
        let change: ExpiryChange
        switch dice.below(4) {
        case 0:
            change = .keep
            item.expiry = databases[db][key]?.expiry
        case 1:
            let time = now + Int64(dice.below(3) == 0 ? dice.below(10_000_000) : dice.below(3_000))
            change = .at(time)
            item.expiry = time
        default: change = .clear
        }
        guard let id = shard.set(key, value, in: index, expiry: change, at: now) else {
            Issue.record("a store failed though there is room")
            return
        }
        item.version = checkVersion(id, before: databases[db][key]?.version)
        databases[db][key] = item
    }

    /// After a write: a versioned entry has a version never seen before.
    mutating func checkVersion(_ id: EntryID, before: UInt64?) -> UInt64? {
        let version = shard.currentVersion(of: id)
        #expect((version == nil) == (before == nil))
        if let version { #expect(seen.insert(version).inserted, "a version came twice") }
        return version
    }

    mutating func compare(_ key: [UInt8], _ db: Int, _ index: DatabaseIndex) {
        let item = databases[db][key]
        guard let id = shard.look(key, in: index, at: now, dice.below(2) == 0 ? .read : .peek) else {
            #expect(item == nil, "a key that should be there was not found")
            return
        }
        #expect(array(shard.value(of: id)) == item?.value)
        #expect(array(shard.key(of: id)) == key)
        #expect(shard.expiry(of: id) == item?.expiry)
        #expect(shard.currentVersion(of: id) == item?.version)
    }

    mutating func remove(_ key: [UInt8], _ db: Int, _ index: DatabaseIndex) {
        let id = shard.look(key, in: index, at: now)
        #expect((id == nil) == (databases[db][key] == nil))
        if let id { shard.remove(id, in: index) }
        databases[db][key] = nil
    }

    mutating func changeExpiry(_ key: [UInt8], _ db: Int, _ index: DatabaseIndex) {
        guard let id = shard.look(key, in: index, at: now), let item = databases[db][key] else { return }
        let expiry = dice.below(3) == 0 ? nil : now + Int64(dice.below(100_000_000))
        let before = item.version
        guard let moved = shard.setExpiry(of: id, to: expiry) else { return }
        let changed = expiry != nil || item.expiry != nil
        if changed {
            let version = checkVersion(moved, before: before)
            databases[db][key]?.version = version
        }
        databases[db][key]?.expiry = expiry
        #expect(array(shard.value(of: moved)) == item.value)
    }

    mutating func resize(_ key: [UInt8], _ db: Int, _ index: DatabaseIndex) {
        guard let id = shard.look(key, in: index, at: now), let item = databases[db][key] else { return }
        let length = dice.below(20) == 0 ? dice.below(100_000) : dice.below(300)
        guard let moved = shard.resizeValue(of: id, to: length) else { return }
        let version = checkVersion(moved, before: item.version)
        let grown = [UInt8](repeating: 0, count: max(0, length - item.value.count))
        let value = Array(item.value.prefix(length)) + grown
        databases[db][key] = Item(value: value, expiry: item.expiry, version: version)
        #expect(array(shard.value(of: moved)) == value)
        #expect(shard.expiry(of: moved) == item.expiry)
    }

    mutating func version(_ key: [UInt8], _ db: Int, _ index: DatabaseIndex) {
        guard let id = shard.look(key, in: index, at: now) else { return }
        guard let (moved, version) = shard.version(of: id) else { return }
        if let known = databases[db][key]?.version {
            #expect(version == known)
        } else {
            #expect(seen.insert(version).inserted, "a version came twice")
        }
        databases[db][key]?.version = version
        #expect(array(shard.value(of: moved)) == databases[db][key]?.value)
    }

    mutating func rewrite(_ key: [UInt8], _ db: Int, _ index: DatabaseIndex) {
        guard let id = shard.look(key, in: index, at: now), let item = databases[db][key] else { return }
        if item.value.isEmpty { return }
        let at = dice.below(item.value.count)
        let byte = UInt8(dice.below(256))
        var view = shard.mutableValue(of: id)
        view.storeBytes(of: byte, toByteOffset: at, as: UInt8.self)
        databases[db][key]?.value[at] = byte
        let version = checkVersion(id, before: item.version)
        databases[db][key]?.version = version
    }

    /// Time goes on, and what is over is removed in slices.
    mutating func pass() {
        now = now + Int64(dice.below(20) == 0 ? dice.below(5_000_000) : dice.below(2_000))
        _ = shard.expire(at: now, atMost: dice.below(3) == 0 ? 5 : 100_000)
    }

    mutating func whole(_ db: Int, _ index: DatabaseIndex) {
        if dice.below(100) == 0 {
            shard.flush(in: index)
            databases[db] = [:]
        } else if dice.below(2) == 0 {
            let other = dice.below(3)
            shard.swap(index, DatabaseIndex(rawValue: UInt8(other)))
            databases.swapAt(db, other)
        } else {
            let keys = shard.scanAll(in: index)
            #expect(Set(keys).count == keys.count, "a scan of a table at rest returned a key twice")
            for key in databases[db].keys { forget(key, db) }
            #expect(Set(databases[db].keys).isSubset(of: keys))
        }
    }

    /// The shard is sound, and holds exactly what the model holds.
    mutating func check() {
        #expect(shard.checkInvariants() == [])
        for db in 0..<3 {
            let index = DatabaseIndex(rawValue: UInt8(db))
            for key in databases[db].keys { forget(key, db) }
            for (key, item) in databases[db] {
                #expect(shard.get(key, in: index, at: now, .peek) == item.value)
            }
        }
        while shard.expire(at: now + 64, atMost: 1_000_000) > 0 {}
        for db in 0..<3 {
            let count = shard.count(in: DatabaseIndex(rawValue: UInt8(db)))
            // What is due within the tick may be gone a little before the model thinks so.
            let due = databases[db].values.count { ($0.expiry ?? now + 1_000_000) < now + 64 }
            #expect(count <= databases[db].count && count >= databases[db].count - due)
            databases[db] = databases[db].filter { ($0.value.expiry ?? now + 1_000_000) >= now + 64 }
        }
        now = now + 64
    }
}

struct ShardModelTests {
    @Test(arguments: [60, 3_000, 30_000])
    func behavesLikeADictionary(keySpace: Int) {
        let seed = freshSeed("shard model with \(keySpace) keys")
        var model = ShardModel(seed: seed, keySpace: keySpace)
        for round in 1...60_000 {
            model.step()
            if round % 10_000 == 0 { model.check() }
        }
        for db in 0..<3 { model.shard.flush(in: DatabaseIndex(rawValue: UInt8(db))) }
        #expect(model.shard.usedBytes == 0)
        #expect(model.shard.checkInvariants() == [])
    }
}
