// Passing over values without understanding them: for `check rdb`, which counts what this version does not hold.
extension RDBCursor {
    /// Passes over a value.
    mutating func skipValue(type: UInt8) throws(RDBError) {
        switch type {
        case 0, 9, 10, 11, 12, 13, 16, 17, 20: _ = try string()
        case 1, 2, 14: try skipStrings(try count())
        case 4:
            let fields = try count()
            try skipStrings(fields)
            try skipStrings(fields)
        case 3: try skipScores(try count(), isBinary: false)
        case 5: try skipScores(try count(), isBinary: true)
        case 7: try skipModule()
        case 15, 19, 21: try skipStream(type)
        case 18: try skipPacks(try count())
        case 24: try skipExpiringFields()
        case 25:
            try skip(8)
            _ = try string()
        default: throw .typeNotHeld(type)
        }
    }

    private mutating func skipStrings(_ count: Int) throws(RDBError) {
        for _ in 0..<count { _ = try string() }
    }

    private mutating func skipScores(_ count: Int, isBinary: Bool) throws(RDBError) {
        for _ in 0..<count {
            _ = try string()
            if isBinary {
                try skip(8)
            } else {
                // One byte says how long the text is; the last three stand for NaN and the infinities.
                let length = try byte()
                if length < 253 { try skip(Int(length)) }
            }
        }
    }

    /// The packs of a quicklist: each says how it is packed.
    private mutating func skipPacks(_ count: Int) throws(RDBError) {
        for _ in 0..<count {
            _ = try length()
            _ = try string()
        }
    }

    private mutating func skipExpiringFields() throws(RDBError) {
        try skip(8)
        for _ in 0..<(try count()) {
            _ = try length()
            _ = try string()
            _ = try string()
        }
    }

    /// A module's data: its name, then parts that say of what kind they are, up to kind 0.
    mutating func skipModule() throws(RDBError) {
        _ = try length()
        while true {
            switch try length() {
            case 0: return
            case 1, 2: _ = try length()
            case 3: try skip(4)
            case 4: try skip(8)
            case 5: _ = try string()
            case let kind: throw .value("a module's data has a part of the unknown kind \(kind)")
            }
        }
    }

    private mutating func skipStream(_ type: UInt8) throws(RDBError) {
        for _ in 0..<(try count()) {
            _ = try string()
            _ = try string()
        }
        // How many entries, and the last one's id; since version 2 the first's, the largest deleted, and how many ever.
        for _ in 0..<(type == 15 ? 3 : 8) { _ = try length() }
        for _ in 0..<(try count()) { try skipGroup(type) }
    }

    private mutating func skipGroup(_ type: UInt8) throws(RDBError) {
        _ = try string()
        for _ in 0..<(type == 15 ? 2 : 3) { _ = try length() }
        for _ in 0..<(try count()) {
            try skip(16 + 8)
            _ = try length()
        }
        for _ in 0..<(try count()) {
            _ = try string()
            try skip(type == 21 ? 16 : 8)
            try skip(16 * (try count()))
        }
    }
}
