/// Why bytes are no snapshot, or none that can be read here.
public enum RDBError: Error, Equatable, Sendable {
    /// The bytes end before the item does; it has at least so many bytes.
    case tooShort(needed: Int)
    /// The first five bytes are not REDIS.
    case noMagic
    /// A version outside 1...12, or one that is no number.
    case version(Int?)
    /// A length is expected here, but an encoding stands there.
    case lengthEncoding(UInt8)
    /// A string's encoding that no version knows.
    case stringEncoding(UInt8)
    /// A compressed string does not unpack to its length.
    case compression
    /// A string longer than any may be.
    case stringTooLong(UInt64)
    /// A type or opcode that no version up to 12 has.
    case unknownType(UInt8)
    /// A value of a type that this program does not hold.
    case typeNotHeld(UInt8)
    /// Something beside keys that this program does not hold: functions, data of modules.
    case itemNotHeld(String)
    /// A database beyond those that are configured.
    case database(UInt64)
    /// The value's parts do not fit together.
    case value(String)
    /// The same key a second time.
    case duplicateKey
    /// The file cannot be read.
    case unreadable(String)
    /// The shard has no room for it.
    case noRoom
    /// The checksum at the end is another than that of the bytes.
    case checksum(found: UInt64, computed: UInt64)
    /// Bytes follow the end.
    case trailingBytes(Int)

    /// In words, without the place.
    public var sentence: String {
        switch self {
        case .tooShort: "the file ends in the middle of an item"
        case .noMagic: "it does not begin with REDIS: this is no snapshot file"
        case .version(let version):
            version.map { "it has version \($0); versions 1 to 12 can be read" }
                ?? "its version is no number"
        case .lengthEncoding(let byte): "a length is expected, but the byte is \(RDBError.hex(byte))"
        case .stringEncoding(let byte): "a string has the unknown encoding \(RDBError.hex(byte))"
        case .compression: "a compressed string does not unpack"
        case .stringTooLong(let length): "a string claims to have \(length) bytes"
        case .unknownType(let type): "\(RDBError.hex(type)) is no type or opcode of versions 1 to 12"
        case .typeNotHeld(let type):
            "a value has type \(type), \(RDB.typeName(type) ?? "unknown"), which this version does not hold"
        case .itemNotHeld(let what): "it contains \(what), which this version does not hold"
        case .database(let number): "it has keys in database \(number), beyond the configured ones"
        case .value(let what): "a value is damaged: \(what)"
        case .duplicateKey: "a key appears a second time"
        case .unreadable(let reason): "it cannot be read: \(reason)"
        case .noRoom: "there is no room for its keys: raise shard-reserve"
        case .checksum(let found, let computed):
            "its checksum is \(RDBError.hex(found)), but its bytes have \(RDBError.hex(computed))"
        case .trailingBytes(let count): "\(count) bytes follow its end"
        }
    }

    /// Whether the bytes are whole, but say something that cannot be held here.
    public var isForeign: Bool {
        switch self {
        case .typeNotHeld, .itemNotHeld, .database, .version, .noRoom, .unreadable: true
        default: false
        }
    }

    private static func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }
}
