public import Keyspace
import Wire

/// What stands next in a snapshot.
public enum RDBItem: Equatable, Sendable {
    /// A key with its value.
    case entry(RDBEntry)
    /// The entries that follow belong to this database.
    case select(UInt64)
    /// So many keys are to come, so many of them expire.
    case resize(keys: UInt64, expiring: UInt64)
    /// A fact about the file.
    case fact(name: RDBString, value: RDBString)
    /// The end. The checksum is nil in versions without one.
    case end(checksum: UInt64?)
}

/// A key and its value as they lie in a snapshot.
public struct RDBEntry: Equatable, Sendable {
    /// Redis's number of the value's type.
    public var type: UInt8
    /// The key.
    public var key: RDBString
    /// Where the value lies, from behind the key to its end.
    public var value: Range<Int>
    /// The value of a string.
    public var string: RDBString?
    /// When it expires.
    public var expiry: UnixMillis?
    /// Seconds since it was last used, if the file says so.
    public var idleSeconds: UInt64?
    /// Its access frequency, if the file says so.
    public var frequency: UInt8?
}

extension RDBCursor {
    /// The version of a file, from its first nine bytes.
    public mutating func header() throws(RDBError) -> Int {
        try require(RDB.headerLength)
        let magic: [UInt8] = Array("REDIS".utf8)
        for index in 0..<5 where bytes.byte(at: offset + index) != magic[index] { throw .noMagic }
        var version = 0
        for index in 5..<RDB.headerLength {
            let digit = bytes.byte(at: offset + index) &- UInt8(ascii: "0")
            guard digit <= 9 else { throw .version(nil) }
            version = version * 10 + Int(digit)
        }
        guard RDB.versionsRead.contains(version) else { throw .version(version) }
        offset += RDB.headerLength
        return version
    }

    /// The next item. Where it throws, `offset` may stand anywhere: the caller knows where the item began.
    /// - Parameters:
    ///   - version: of the file.
    ///   - passing: whether to pass over values of types that are not held, instead of refusing them.
    public mutating func item(version: Int, passing: Bool = false) throws(RDBError) -> RDBItem {
        var entry = RDBEntry(type: 0, key: .number(0), value: 0..<0)
        while true {
            let first = try byte()
            guard let opcode = RDB.Opcode(rawValue: first) else {
                entry.type = first
                return .entry(try self.entry(entry, passing: passing))
            }
            switch opcode {
            case .expirySeconds:
                let seconds = Int64(Int32(truncatingIfNeeded: try littleEndian(4)))
                entry.expiry = UnixMillis(rawValue: seconds * 1000)
            case .expiryMillis:
                entry.expiry = UnixMillis(rawValue: Int64(bitPattern: try littleEndian(8)))
            case .idle: entry.idleSeconds = try length()
            case .frequency: entry.frequency = try byte()
            case .select: return .select(try length())
            case .resize: return .resize(keys: try length(), expiring: try length())
            case .fact: return .fact(name: try string(), value: try string())
            case .end:
                return .end(checksum: version < RDB.firstVersionWithChecksum ? nil : try littleEndian(8))
            case .slotInfo: for _ in 0..<3 { _ = try length() }
            case .function, .functionBeforeRelease:
                if !passing { throw .itemNotHeld("a library of functions") }
                if opcode == .functionBeforeRelease {
                    throw .itemNotHeld("a function of a release candidate")
                }
                _ = try string()
            case .moduleFact:
                if !passing { throw .itemNotHeld("data of a module") }
                try skipModule()
            }
        }
    }

    private mutating func entry(_ begun: RDBEntry, passing: Bool) throws(RDBError) -> RDBEntry {
        guard RDB.typeName(begun.type) != nil else { throw .unknownType(begun.type) }
        var entry = begun
        entry.key = try string()
        let start = offset
        if entry.type == RDB.typeString {
            entry.string = try string()
        } else if passing {
            try skipValue(type: entry.type)
        } else {
            throw .typeNotHeld(entry.type)
        }
        entry.value = start..<offset
        return entry
    }
}
