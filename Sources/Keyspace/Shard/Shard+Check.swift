import Memory

extension Shard {
    /// What is wrong with the shard, in sentences; empty when nothing is. Visits everything: for tests and DEBUG.
    public func checkInvariants() -> [String] {
        var faults = arena.checkInvariants()
        let addresses = arena.addresses
        var blocks = 0
        for index in 0..<databaseCount {
            let database = databases[index]
            var expiring = 0
            var sum: Int128 = 0
            let found = database.table.checkInvariants(hasher, addresses) { handle in
                let entry = Entry(handle, addresses)
                blocks += 1
                if entry.header.isExpiring {
                    expiring += 1
                    sum += Int128(entry.expiry.rawValue)
                }
            }
            for fault in found + database.wheel.checkInvariants(addresses) {
                faults.append("database \(index): \(fault)")
            }
            if expiring != database.wheel.count {
                faults.append(
                    "database \(index): \(expiring) entries expire, but the wheel counts \(database.wheel.count)"
                )
            }
            if sum != database.expirySum {
                faults.append("database \(index): the sum of expiry times is off")
            }
            if database.table.directory != .none { blocks += 1 + database.table.segmentCount }
            if database.wheel.block != .none { blocks += 1 }
        }
        for database in snapshot.aside {
            faults += database.table.checkInvariants(hasher, addresses) { _ in blocks += 1 }
            blocks += 1 + database.table.segmentCount + (database.wheel.block != .none ? 1 : 0)
        }
        if blocks != arena.blockCount {
            faults.append("the databases account for \(blocks) blocks, but the arena has \(arena.blockCount)")
        }
        return faults
    }
}
