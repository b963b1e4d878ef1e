import Testing

@testable import Keyspace

struct CompactionTests {
    private static let size = 100

    private func fill(_ shard: inout Shard, _ count: Int) {
        for number in 0..<count {
            shard.set(
                bytes("key:\(number)"), bytes("\(number)" + String(repeating: "x", count: Self.size)),
                in: number % 5 == 0 ? db1 : db0, expiry: number % 3 == 0 ? .at(start + 1_000_000) : .clear)
        }
    }

    private func check(_ shard: inout Shard, _ numbers: [Int]) {
        for number in numbers {
            let value = shard.get(bytes("key:\(number)"), in: number % 5 == 0 ? db1 : db0)
            #expect(value == bytes("\(number)" + String(repeating: "x", count: Self.size)))
        }
    }

    /// Seven tenths deleted at random: a pass wins nearly all of their pages back, and every key stays what it was.
    @Test func aPassWinsBackTheWaste() {
        var dice = Dice(seed: freshSeed("compaction"))
        var shard = makeShard()
        fill(&shard, 120_000)
        var left: [Int] = []
        for number in 0..<120_000 {
            let db = number % 5 == 0 ? db1 : db0
            if dice.below(10) < 7, let id = shard.look(bytes("key:\(number)"), in: db) {
                shard.remove(id, in: db)
            } else {
                left.append(number)
            }
        }
        #expect(shard.fragmentationPercent > 80, "\(shard.fragmentationPercent)")
        let used = shard.usedBytes
        let begun = shard.beginCompaction()
        #expect(begun)
        while shard.compact(units: 500) {}
        #expect(shard.usedBytes == used)
        #expect(shard.fragmentationPercent < 25, "\(shard.fragmentationPercent)")
        #expect(shard.compactionCounts.keysMoved > 1_000)
        #expect(shard.compactionCounts.segmentsMoved > 0 || shard.compactionCounts.segmentsLeft > 0)
        #expect(shard.checkInvariants() == [])
        check(&shard, left)
        // The wheel's links have moved along.
        for _ in 0..<400 { _ = shard.expire(at: start + 2_000_000, atMost: 1_000) }
        #expect(shard.keyCount == left.count { $0 % 3 != 0 })
        #expect(shard.checkInvariants() == [])
    }

    @Test func aDenseShardIsLeftAlone() {
        var shard = makeShard()
        fill(&shard, 20_000)
        let begun = shard.beginCompaction()
        #expect(!begun && !shard.isCompacting && shard.checkInvariants() == [])
    }

    /// Reads, writes, removals, evictions and a flush beside them between the slices of passes, against a dictionary.
    @Test func servesWhileItMoves() {
        let seed = freshSeed("compaction under load")
        var dice = Dice(seed: seed)
        var shard = makeShard()
        shard.setPolicy(.allKeysLRU)
        var model: [String: [UInt8]] = [:]
        // Enough for many slabs of each size, so that removing half leaves something to move.
        for number in 0..<30_000 {
            let (name, value) = ("key:\(number)", [UInt8](repeating: 7, count: [30, 90, 300][number % 3]))
            shard.set(bytes(name), value)
            model[name] = value
        }
        for step in 0..<40_000 {
            let name = "key:\(dice.below(30_000))"
            switch dice.below(20) {
            case 0..<(step < 15_000 ? 10 : 4):
                let value = [UInt8](repeating: UInt8(dice.below(256)), count: [30, 90, 300][dice.below(3)])
                shard.set(bytes(name), value, expiry: dice.below(4) == 0 ? .at(start + 9_000_000) : .clear)
                model[name] = value
            case 13..<15:
                let value = shard.get(bytes(name))
                #expect(value == model[name])
            case ..<18:
                if let id = shard.look(bytes(name)) { shard.remove(id, in: db0) }
                model[name] = nil
            case 18:
                if let gone = shard.evictOne() { model[String(decoding: gone, as: UTF8.self)] = nil }
            default: if !shard.isCompacting { _ = shard.beginCompaction() }
            }
            if dice.below(3) == 0 { _ = shard.compact(units: dice.below(200)) }
            if step == 3_000 {
                _ = shard.beginCompaction()
                // Another database goes while its slabs may be marked.
                for number in 0..<2_000 { shard.set(bytes("other:\(number)"), bytes("v"), in: db1) }
                shard.flush(in: db1)
            }
            if step % 8_000 == 0 { #expect(shard.checkInvariants() == []) }
        }
        for (name, value) in model {
            let found = shard.get(bytes(name))
            #expect(found == value)
        }
        shard.endCompaction()
        #expect(shard.checkInvariants() == [])
        #expect(shard.compactionCounts.keysMoved > 0)
    }
}
