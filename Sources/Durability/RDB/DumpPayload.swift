public import Wire

/// What DUMP returns and RESTORE takes: a value as in a snapshot, then the version and a checksum.
///
///     | type | value ... | version, 2 bytes | CRC64, 8 bytes |      both lowest byte first
public enum DumpPayload {
    static let footerLength = 10

    /// Appends the payload of a string.
    public static func append(string: RawSpan, compressing: Bool, to buffer: inout ByteBuffer) {
        let start = buffer.count
        buffer.append(RDB.typeString)
        buffer.appendRDB(string: string, compressing: compressing)
        buffer.append(word: UInt64(RDB.versionWritten), length: 2)
        buffer.append(word: CRC64.of(buffer.bytes.from(start)), length: 8)
    }

    /// Whether the footer is one: a version that can be read, and the checksum of what stands before it.
    public static func isWhole(_ payload: RawSpan) -> Bool {
        guard payload.byteCount >= footerLength else { return false }
        let end = payload.byteCount - footerLength
        let version = Int(payload.byte(at: end)) | Int(payload.byte(at: end + 1)) << 8
        guard version <= RDB.versionsRead.upperBound else { return false }
        return payload.word(at: end + 2) == CRC64.of(payload.extracting(0..<end + 2))
    }

    /// Appends the string of a payload that `isWhole`. False where the payload holds none: it is damaged, or a value of
    /// a type that is not held.
    public static func unpack(_ payload: RawSpan, into value: inout ByteBuffer) -> Bool {
        do throws(RDBError) {
            var cursor = RDBCursor(payload)
            guard try cursor.byte() == RDB.typeString else { return false }
            let string = try cursor.string()
            return cursor.append(string, to: &value)
        } catch {
            return false
        }
    }
}
