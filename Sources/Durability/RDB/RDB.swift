import Wire

/// Redis's snapshot format.
///
/// ```
///  "REDIS" | version, 4 digits | items ... | 0xFF | CRC64, 8 bytes, lowest first; 0 for none |
///
///  item:  0xFE db                                the keys that follow belong to this database
///         0xFB keys expiring                     how many are to come: a hint
///         0xFA name value                        a fact about the file
///         [0xFD secs | 0xFC ms] [0xF8 idle | 0xF9 freq] type key value
///
///  length:  00llllll | 01llllll llllllll | 0x80 + 32 bits | 0x81 + 64 bits, highest byte first
///  string:  length bytes | 0xC0 int8 | 0xC1 int16 | 0xC2 int32, lowest byte first | 0xC3 length length LZF
/// ```
/// Source: rdb.h and rdb.c of Redis 7.0, for the later versions the release notes of Redis and Valkey.
public enum RDB {
    /// The version that is written: the newest that redis-server 7.0 reads.
    public static let versionWritten = 10
    /// The versions that are read.
    public static let versionsRead = 1...12
    /// The length of the magic word and the version.
    public static let headerLength = 9
    /// From this version on there is a checksum.
    static let firstVersionWithChecksum = 5

    /// What stands where a type could stand.
    enum Opcode: UInt8 {
        case slotInfo = 0xF4
        case function = 0xF5
        case functionBeforeRelease = 0xF6
        case moduleFact = 0xF7
        case idle = 0xF8
        case frequency = 0xF9
        case fact = 0xFA
        case resize = 0xFB
        case expiryMillis = 0xFC
        case expirySeconds = 0xFD
        case select = 0xFE
        case end = 0xFF
    }

    /// The fact that is there to fill a page: its value is zeros. Readers pass over facts that they do not know.
    static let paddingName = "padding"

    /// The first byte of a string value.
    static let typeString: UInt8 = 0

    /// The last bytes of a file of a version, behind bytes with this sum.
    public static func end(of version: Int, after sum: CRC64) -> [UInt8] {
        let end: [UInt8] = [Opcode.end.rawValue]
        guard version >= firstVersionWithChecksum else { return end }
        var sum = sum
        sum.add(end.span.raw)
        return end + (0..<8).map { UInt8(truncatingIfNeeded: sum.value >> UInt64(8 * $0)) }
    }

    /// What a type's number stands for; nil where no version that is read knows it.
    public static func typeName(_ type: UInt8) -> String? {
        let names: [String?] = [
            "string", "list", "set", "sorted set", "hash", "sorted set (binary scores)", "module (old)",
            "module", nil, "hash (zipmap)", "list (ziplist)", "set (intset)", "sorted set (ziplist)",
            "hash (ziplist)", "list (quicklist of ziplists)", "stream", "hash (listpack)",
            "sorted set (listpack)", "list (quicklist)", "stream (version 2)", "set (listpack)",
            "stream (version 3)", "hash with expiring fields (preview)",
            "packed hash with expiring fields (preview)", "hash with expiring fields",
            "packed hash with expiring fields",
        ]
        return Int(type) < names.count ? names[Int(type)] : nil
    }
}
