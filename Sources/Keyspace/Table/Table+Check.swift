import Memory

extension Table {
    /// What is wrong with the table, in sentences. Calls `visit` with every entry.
    func checkInvariants(
        _ hasher: KeyHasher, _ addresses: AddressMap, visit: (Handle) -> Void
    ) -> [String] {
        var faults: [String] = []
        if directory == .none {
            if count != 0 || segmentCount != 0 {
                faults.append("a table without a directory counts \(count) entries")
            }
            return faults
        }
        var (entries, segments, cell) = (0, 0, 0)
        while cell < 1 << depth {
            let handle = segment(at: cell, addresses)
            let segment = Segment(handle, addresses)
            if segment.depth > depth {
                faults.append(
                    "the segment at cell \(cell) is \(segment.depth) bits deep, the directory \(depth)")
                return faults
            }
            let share = 1 << (depth - segment.depth)
            if cell % share != 0 || Int(segment.prefix) != cell / share {
                faults.append(
                    "the segment at cell \(cell) says its prefix is \(segment.prefix) at depth \(segment.depth)"
                )
                return faults
            }
            for other in cell..<cell + share where self.segment(at: other, addresses) != handle {
                faults.append("cell \(other) should name the same segment as cell \(cell)")
            }
            segment.check(cell, hasher, addresses, into: &faults, visit: visit)
            entries += segment.count
            segments += 1
            cell += share
        }
        if entries != count {
            faults.append("the segments hold \(entries) entries, but the table counts \(count)")
        }
        if segments != segmentCount {
            faults.append("the directory names \(segments) segments, but the table counts \(segmentCount)")
        }
        return faults
    }
}

extension Segment {
    /// Every entry where its hash puts it, and every count right.
    func check(
        _ cell: Int, _ hasher: KeyHasher, _ addresses: AddressMap, into faults: inout [String],
        visit: (Handle) -> Void
    ) {
        var spilled = [Int](repeating: 0, count: Segment.homeCount)
        var stashed = [Int](repeating: 0, count: Segment.homeCount)
        var entries = 0
        for index in 0..<Segment.bucketCount {
            let bucket = bucket(index)
            if index < Segment.homeCount && bucket.foreign & ~bucket.busy != 0 {
                faults.append("bucket \(index) at cell \(cell) marks a slot foreign that is not busy")
            }
            for slot in 0..<Bucket.slotCount where bucket.busy >> UInt32(slot) & 1 != 0 {
                entries += 1
                let home = home(bucket: index, slot: slot)
                if index >= Segment.homeCount {
                    stashed[home] += 1
                } else if home != index {
                    spilled[home] += 1
                }
                // Unsafe: read within this turn of the loop.
                let key = unsafe RawSpan(_unsafeBytes: Entry(bucket.handle(slot), addresses).keyBytes)
                let hash = hasher.hash(key)
                visit(bucket.handle(slot))
                if hash.fingerprint != bucket.fingerprint(slot) {
                    faults.append(
                        "slot \(slot) of bucket \(index) at cell \(cell) has another fingerprint than its key"
                    )
                }
                if hash.home != home {
                    faults.append(
                        "an entry in bucket \(index) at cell \(cell) should have home \(hash.home), not \(home)"
                    )
                }
                if hash.prefix(depth) != Int(prefix) {
                    faults.append("an entry in bucket \(index) at cell \(cell) belongs to another segment")
                }
                if index >= Segment.homeCount && !self.bucket(home).mayBeStashed(hash.fingerprint) {
                    faults.append(
                        "a stashed entry is missing from the filter of its home \(home) at cell \(cell)")
                }
            }
        }
        for home in 0..<Segment.homeCount {
            if bucket(home).spilled != spilled[home] {
                faults.append(
                    "bucket \(home) at cell \(cell) counts \(bucket(home).spilled) spilled entries, but has \(spilled[home])"
                )
            }
            if bucket(home).stashed != stashed[home] {
                faults.append(
                    "bucket \(home) at cell \(cell) counts \(bucket(home).stashed) stashed entries, but has \(stashed[home])"
                )
            }
        }
        if entries != count {
            faults.append("the segment at cell \(cell) counts \(count) entries, but has \(entries)")
        }
    }
}
