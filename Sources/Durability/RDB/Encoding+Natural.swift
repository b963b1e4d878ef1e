public import Keyspace
public import Wire

extension Encoding {
    /// How a string is kept that was given whole: as a number where it spells one, short, or long.
    @inlinable @inline(__always)
    public static func natural(for value: RawSpan) -> Encoding {
        let count = value.byteCount
        if count > 44 { return .raw }
        if count > 0, count <= 20 {
            let first = value.byte(at: 0)
            let mayBeNumber = first &- UInt8(ascii: "0") < 10 || first == UInt8(ascii: "-")
            if mayBeNumber, Decimal.parse(value) != nil { return .int }
        }
        return .embstr
    }
}
