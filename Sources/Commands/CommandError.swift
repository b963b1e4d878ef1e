import Wire

/// Why a command refuses. Thrown by the commands, turned into its text once, in `Executor.execute`.
enum CommandError: Error, Equatable, BitwiseCopyable {
    case wrongKind, syntax, notInteger, notFloat, outOfMemory, noSuchKey, sameObject
    case overflow, decrementOverflow, notFinite, offsetOutOfRange, stringTooLong
    case databaseOutOfRange, outOfIntRange, firstDatabase, secondDatabase
    case bitOffset, bitValue, bitArgument, bitopNot, bitfieldKind, bitfieldOverflow, bitfieldReadOnly
    case expiryNXConflict, expiryGTLTConflict
    case lcsKinds, lcsLenAndIdx, lcsTooLong, lcsTooLarge
    /// Keys and values do not come in pairs.
    case oddPairs
    case invalidCursor, noFrequency, noIdleTime
    case busyKey, restoreTTL, restoreIdleTime, restoreFrequency, payloadFooter, payloadFormat
    /// The time given lies outside what can be represented, or is not in the future where it must be.
    case expireTime
    /// The argument at this index is no option of the command.
    case unsupportedOption(at: UInt32)

    func write(for call: borrowing Call, reply: inout ReplyWriter) {
        switch self {
        case .expireTime:
            reply.error("ERR invalid expire time in '\(CommandTable.spec(of: call.command).name)' command")
        case .oddPairs:
            CommandTable.wrongArgumentCount(CommandTable.spec(of: call.command), reply: &reply)
        case .unsupportedOption(let index):
            let option = call.arguments[Int(index)]
            var text = ByteBuffer()
            text.append("ERR Unsupported option ")
            text.append(option.cString(atMost: option.byteCount))
            reply.error(text.bytes)
        default:
            reply.error(text)
        }
    }

    private var text: StaticString {
        switch self {
        case .wrongKind: "WRONGTYPE Operation against a key holding the wrong kind of value"
        case .syntax: "ERR syntax error"
        case .notInteger: "ERR value is not an integer or out of range"
        case .notFloat: "ERR value is not a valid float"
        case .outOfMemory: "OOM command not allowed when used memory > 'maxmemory'."
        case .noSuchKey: "ERR no such key"
        case .sameObject: "ERR source and destination objects are the same"
        case .overflow: "ERR increment or decrement would overflow"
        case .decrementOverflow: "ERR decrement would overflow"
        case .notFinite: "ERR increment would produce NaN or Infinity"
        case .offsetOutOfRange: "ERR offset is out of range"
        case .stringTooLong: "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
        case .databaseOutOfRange: "ERR DB index is out of range"
        case .outOfIntRange: "ERR value is out of range, value must between -2147483648 and 2147483647"
        case .firstDatabase: "ERR invalid first DB index"
        case .secondDatabase: "ERR invalid second DB index"
        case .bitOffset: "ERR bit offset is not an integer or out of range"
        case .bitValue: "ERR bit is not an integer or out of range"
        case .bitArgument: "ERR The bit argument must be 1 or 0."
        case .bitopNot: "ERR BITOP NOT must be called with a single source key."
        case .bitfieldKind:
            "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is."
        case .bitfieldOverflow: "ERR Invalid OVERFLOW type specified"
        case .bitfieldReadOnly: "ERR BITFIELD_RO only supports the GET subcommand"
        case .expiryNXConflict: "ERR NX and XX, GT or LT options at the same time are not compatible"
        case .expiryGTLTConflict: "ERR GT and LT options at the same time are not compatible"
        case .lcsKinds: "ERR The specified keys must contain string values"
        case .lcsLenAndIdx: "ERR If you want both the length and indexes, please just use IDX."
        case .lcsTooLong: "ERR String too long for LCS"
        case .lcsTooLarge:
            "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"
        case .invalidCursor: "ERR invalid cursor"
        case .busyKey: "BUSYKEY Target key name already exists."
        case .restoreTTL: "ERR Invalid TTL value, must be >= 0"
        case .restoreIdleTime: "ERR Invalid IDLETIME value, must be >= 0"
        case .restoreFrequency: "ERR Invalid FREQ value, must be >= 0 and <= 255"
        case .payloadFooter: "ERR DUMP payload version or checksum are wrong"
        case .payloadFormat: "ERR Bad data format"
        case .noFrequency:
            """
            ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when \
            switching between policies at runtime LRU and LFU data will take some time to adjust.
            """
        case .noIdleTime:
            """
            ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching \
            between policies at runtime LRU and LFU data will take some time to adjust.
            """
        case .expireTime, .oddPairs, .unsupportedOption: "ERR"
        }
    }
}
