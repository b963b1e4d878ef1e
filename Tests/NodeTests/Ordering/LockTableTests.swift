import Reactor
import Testing

@testable import Node

@Suite struct LockTableTests {
    private typealias Table = LockTable<Int>

    /// The rule by itself: whoever came may run when no call that came earlier and is not finished wants the same.
    private struct Model {
        enum Kind: Equatable {
            case call(Table.CallID)
            case request(Int)
        }

        struct Item {
            let kind: Kind
            /// nil: the whole shard.
            let keys: Set<UInt64>?
            var isGranted = false

            func conflicts(with other: Item) -> Bool {
                guard let keys, let others = other.keys else { return true }
                return !keys.isDisjoint(with: others)
            }
            var isCall: Bool { if case .call = kind { true } else { false } }
        }

        /// Unfinished calls and waiting requests, oldest first.
        var items: [Item] = []

        var holders: [Table.CallID] {
            items.compactMap { if $0.isGranted, case .call(let id) = $0.kind { id } else { nil } }
        }

        func isLocked(_ key: UInt64) -> Bool {
            items.contains { $0.isCall && ($0.keys?.contains(key) ?? true) }
        }

        /// Grants what may run, in order of arrival; requests are done with that.
        mutating func grant() -> [Kind] {
            var granted: [Kind] = []
            for index in items.indices where !items[index].isGranted {
                let isFree = !items[..<index].contains { $0.isCall && $0.conflicts(with: items[index]) }
                guard isFree else { continue }
                items[index].isGranted = true
                granted.append(items[index].kind)
            }
            items.removeAll { $0.isGranted && !$0.isCall }
            return granted
        }
    }

    @Test(arguments: [1 as UInt64, 2, 3, 4, 0xBEEF])
    func agreesWithTheRule(seed: UInt64) {
        var random = SimulatedRandom(seed: seed)
        var table = Table()
        var model = Model()
        var requestKeys: [Int: UInt64] = [:]
        for step in 0..<5000 {
            switch random.below(10) {
            case 0...2:
                let isWhole = random.once(in: 12)
                let keys = (0...random.below(4)).map { _ in UInt64(random.below(6)) }
                let id = Table.CallID(step)
                let holds = table.announce(id, keys: isWhole ? nil : keys.map { .init(hash: $0) })
                model.items.append(.init(kind: .call(id), keys: isWhole ? nil : Set(keys)))
                #expect(model.grant() == (holds ? [.call(id)] : []), "seed \(seed), step \(step): announcing")
            case 3...6:
                let key = UInt64(random.below(6))
                #expect(table.isLocked(.init(hash: key)) == model.isLocked(key), "seed \(seed), step \(step)")
                guard table.isLocked(.init(hash: key)) else { continue }
                table.wait(step, for: .init(hash: key))
                requestKeys[step] = key
                model.items.append(.init(kind: .request(step), keys: [key]))
                #expect(model.grant().isEmpty, "seed \(seed), step \(step): a locked request may not run")
            default:
                guard let id = model.holders.randomElement(using: &random) else { continue }
                finish(id, &table, &model, requestKeys, "seed \(seed), step \(step)")
            }
            #expect(table.isIdle == model.items.isEmpty, "seed \(seed), step \(step)")
        }
        // Everything finishes.
        while let id = model.holders.first {
            finish(id, &table, &model, requestKeys, "seed \(seed), at the end")
        }
        #expect(model.items.isEmpty && table.isIdle, "seed \(seed): somebody waits for nobody")
    }

    private func finish(
        _ id: Table.CallID, _ table: inout Table, _ model: inout Model, _ requestKeys: [Int: UInt64],
        _ when: String
    ) {
        let grants: [Model.Kind] = table.finish(id).map {
            switch $0 {
            case .call(let id): .call(id)
            case .request(let request): .request(request)
            }
        }
        model.items.removeAll { $0.kind == .call(id) }
        let expected = model.grant()
        #expect(
            grants.count == expected.count && expected.allSatisfy(grants.contains),
            "\(when): \(grants), not \(expected)")
        // First come, first served, for each key.
        for key in Set(requestKeys.values) {
            let served = grants.compactMap {
                if case .request(let r) = $0, requestKeys[r] == key { r } else { nil }
            }
            #expect(served == served.sorted(), "\(when): key \(key) is served out of order")
        }
    }
}
