/// Where one argument lies: bytes, counted from the request's first byte.
@frozen public struct ArgumentRange: Equatable, Sendable {
    /// Bytes between the request's first byte and the argument's.
    public var offset: UInt32
    /// Bytes the argument is long.
    public var length: UInt32

    /// An argument of `length` bytes at `offset`.
    @inlinable public init(offset: UInt32, length: UInt32) {
        self.offset = offset
        self.length = length
    }
}

/// One request's arguments: ranges laid over the bytes they were parsed from. Nothing is copied.
@frozen public struct Arguments: ~Escapable {
    /// The request's bytes.
    public let bytes: RawSpan
    /// Where each argument lies in `bytes`.
    public let ranges: Span<ArgumentRange>

    /// The arguments of the request whose first byte is `bytes`' first.
    @inlinable @_lifetime(copy bytes, copy ranges)
    public init(bytes: RawSpan, ranges: Span<ArgumentRange>) {
        self.bytes = bytes
        self.ranges = ranges
    }

    /// Arguments, the command's name included.
    @inlinable public var count: Int { ranges.count }

    /// The argument at `index`; 0 is the command's name.
    @inlinable public subscript(index: Int) -> RawSpan {
        @_lifetime(copy self)
        get {
            let range = ranges[index]
            let start = Int(range.offset)
            return bytes.extracting(start..<(start &+ Int(range.length)))
        }
    }
}
