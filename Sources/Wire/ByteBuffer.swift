import Glibc

/// Growable bytes with one owner.
///
/// Move-only: bytes are never copied behind the owner's back, and a buffer changes hands without reference
/// counting. Nothing is allocated before the first append. Growth doubles, so appending n bytes costs O(n).
///
///     base ─► ┌──────────────────┬──────────────┐
///             │ count bytes used │ room to grow │
///             └──────────────────┴──────────────┘ capacity
///
/// This is the only file of Wire that may say `unsafe`; each use states why it holds. What they share:
/// `base` is nil exactly while `capacity` is 0, and `0 <= count <= capacity` always.
@safe public struct ByteBuffer: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer?
    @usableFromInline var used: Int
    @usableFromInline var room: Int

    /// Bytes in use.
    @inlinable public var count: Int { used }

    /// Bytes there is room for before the next growth.
    @inlinable public var capacity: Int { room }

    /// An empty buffer that owns no memory.
    @inlinable public init() {
        unsafe base = nil
        used = 0
        room = 0
    }

    /// An empty buffer with room for `capacity` bytes.
    public init(capacity: Int) {
        self.init()
        reserve(capacity)
    }

    /// An empty buffer with room for `capacity` bytes that begin at a multiple of `alignment`, a power of two. Where it
    /// grows beyond that room the alignment is lost.
    public init(capacity: Int, alignment: Int) {
        self.init()
        var memory: UnsafeMutableRawPointer?
        // Safe: what it gives may be passed to realloc and free.
        guard unsafe posix_memalign(&memory, alignment, capacity) == 0 else {
            preconditionFailure("out of memory: a buffer could not be made")
        }
        unsafe base = memory
        room = capacity
    }

    /// A buffer holding a copy of `bytes`.
    public init(_ bytes: RawSpan) {
        self.init()
        append(bytes)
    }

    deinit {
        // Safe: `base` came from realloc or is nil, and this buffer is its only owner.
        unsafe free(base)
    }

    /// Whether there are no bytes.
    @inlinable public var isEmpty: Bool { count == 0 }

    /// The bytes in use.
    @inlinable public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // Safe: [base, base + count) is initialised, and the span cannot outlive this borrow.
            let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: base, count: count))
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The bytes in use, to be changed in place.
    @inlinable public var mutableBytes: MutableRawSpan {
        @_lifetime(&self)
        mutating get {
            // Safe: as `bytes`, and the exclusive borrow of `self` keeps everyone else out.
            let span = unsafe MutableRawSpan(
                _unsafeBytes: UnsafeMutableRawBufferPointer(start: base, count: count))
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// The bytes in use by address, for the kernel. Holds until the next change of this buffer.
    @unsafe public var unsafeBytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base, count: count)
    }

    /// The address of the first byte; nil while nothing was ever appended. Holds until the next change.
    @unsafe public var baseAddress: UnsafeMutableRawPointer? { unsafe base }

    // MARK: Growing

    /// Makes room for `additional` bytes more.
    @inlinable public mutating func reserve(_ additional: Int) {
        if additional > capacity &- count { grow(by: additional) }
    }

    @usableFromInline @inline(never)
    mutating func grow(by additional: Int) {
        precondition(additional >= 0, "a buffer cannot grow by a negative number of bytes")
        let (needed, overflow) = count.addingReportingOverflow(additional)
        precondition(!overflow, "a buffer cannot be larger than the address space")
        resize(to: max(needed, min(capacity, Int.max / 2) * 2, 64))
    }

    private mutating func resize(to newCapacity: Int) {
        // Safe: `base` is nil or came from realloc; on success the old block is gone and nobody else knew it.
        let moved = unsafe realloc(base, newCapacity)
        guard let moved = unsafe moved else {
            preconditionFailure("out of memory: a buffer could not grow")
        }
        unsafe base = moved
        room = newCapacity
    }

    // MARK: Appending

    /// Appends one byte.
    @inlinable public mutating func append(_ byte: UInt8) {
        reserve(1)
        // Safe: reserve made base non-nil and count < capacity.
        unsafe base.unsafelyUnwrapped.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        advance(by: 1)
    }

    /// Appends a copy of `bytes`.
    @inlinable public mutating func append(_ bytes: RawSpan) {
        let length = bytes.byteCount
        reserve(length)
        copy(bytes, to: count)
        advance(by: length)
    }

    /// Appends the text of a literal.
    @inlinable public mutating func append(_ text: StaticString) {
        precondition(text.hasPointerRepresentation, "literals of one scalar are not supported")
        // Safe: a literal's bytes live for ever.
        let bytes = unsafe RawSpan(
            _unsafeBytes: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        append(bytes)
    }

    /// Appends the UTF-8 of `text`.
    public mutating func append(_ text: String) {
        append(text.utf8.span.raw)
    }

    /// Appends the bytes of an array.
    public mutating func append(_ bytes: [UInt8]) {
        append(bytes.span.raw)
    }

    /// Appends the bytes of a part of an array.
    public mutating func append(_ bytes: ArraySlice<UInt8>) {
        append(bytes.span.raw)
    }

    /// Appends the first `length` bytes of `word`, lowest byte first.
    ///
    /// One 8-byte store: this is how reply headers are written.
    @inlinable public mutating func append(word: UInt64, length: Int) {
        precondition(length >= 0 && length <= 8, "a word has eight bytes")
        reserve(8)
        // Safe: reserve left room for eight bytes, and only `length` of them become part of the buffer.
        unsafe base.unsafelyUnwrapped.storeBytes(of: word.littleEndian, toByteOffset: count, as: UInt64.self)
        advance(by: length)
    }

    /// Appends the first `length` bytes of `word`, then `body`, then CR LF, reserving once.
    @inlinable public mutating func append(word: UInt64, length: Int, lineBody body: RawSpan) {
        precondition(length >= 0 && length <= 8, "a word has eight bytes")
        reserve(body.byteCount &+ 16)
        // Safe: there is room for the eight bytes stored, then body, then two more (length <= 8).
        unsafe base.unsafelyUnwrapped.storeBytes(of: word.littleEndian, toByteOffset: count, as: UInt64.self)
        copy(body, to: count &+ length)
        let end = count &+ length &+ body.byteCount
        unsafe base.unsafelyUnwrapped.storeBytes(of: 0x0A0D, toByteOffset: end, as: UInt16.self)
        advance(by: length &+ body.byteCount &+ 2)
    }

    /// Appends `byte`, `repeating` times.
    public mutating func append(_ byte: UInt8, repeating: Int) {
        precondition(repeating >= 0, "a byte cannot repeat a negative number of times")
        reserve(repeating)
        guard let base = unsafe base else { return }
        // Safe: reserve left room for `repeating` bytes behind count.
        unsafe (base + count).initializeMemory(as: UInt8.self, repeating: byte, count: repeating)
        advance(by: repeating)
    }

    /// Appends up to `count` bytes that `fill` writes to the front of the span it is given; it answers how many, or a
    /// negative number, and then nothing is appended. For what comes from the system: no copy between.
    /// - Returns: what `fill` answered.
    public mutating func append(upTo count: Int, _ fill: (inout MutableRawSpan) -> Int) -> Int {
        reserve(count)
        guard let base = unsafe base else { return 0 }
        // Safe: reserve left room for `count` bytes behind those in use, and the span does not outlive this call. What
        // `fill` leaves as it was does not become part of the buffer.
        var room = unsafe MutableRawSpan(
            _unsafeBytes: UnsafeMutableRawBufferPointer(start: base + used, count: count))
        let filled = fill(&room)
        precondition(filled <= count, "no more can be filled than there was room for")
        if filled > 0 { advance(by: filled) }
        return filled
    }

    @inlinable mutating func advance(by length: Int) { used &+= length }

    // The caller has reserved room for offset + bytes.byteCount.
    @inlinable func copy(_ bytes: RawSpan, to offset: Int) {
        // Safe: room is reserved; a span into this very buffer cannot exist while it is being changed.
        unsafe bytes.withUnsafeBytes { source in
            guard let from = source.baseAddress, let base = unsafe base else { return }
            unsafe (base + offset).copyMemory(from: from, byteCount: source.count)
        }
    }

    // MARK: Inserting and removing

    /// Inserts a copy of `bytes` before the byte at `offset`, moving what follows.
    public mutating func insert(_ bytes: RawSpan, at offset: Int) {
        precondition(offset >= 0 && offset <= count, "insertion outside the buffer")
        let length = bytes.byteCount
        reserve(length)
        guard length > 0, let base = unsafe base else { return }
        // Safe: the moved tail ends at count + length <= capacity; copyMemory allows overlap.
        unsafe (base + offset + length).copyMemory(from: base + offset, byteCount: count - offset)
        copy(bytes, to: offset)
        advance(by: length)
    }

    /// Forgets all bytes; keeps the memory if told so.
    public mutating func removeAll(keepingCapacity: Bool = true) {
        used = 0
        if !keepingCapacity { releaseMemory() }
    }

    /// Removes the first `length` bytes and moves the rest to the front: costs what remains.
    public mutating func removePrefix(_ length: Int) {
        precondition(length >= 0 && length <= count, "cannot remove more bytes than there are")
        if length < count, length > 0, let base = unsafe base {
            // Safe: both ranges lie in [base, base + count); copyMemory allows overlap.
            unsafe base.copyMemory(from: base + length, byteCount: count - length)
        }
        used -= length
    }

    /// Keeps the first `length` bytes.
    @inlinable public mutating func truncate(to length: Int) {
        precondition(length >= 0 && length <= count, "cannot truncate to more bytes than there are")
        used = length
    }

    /// Gives back the memory beyond `limit` bytes if the buffer has grown larger and its bytes fit.
    public mutating func shrinkCapacity(to limit: Int) {
        guard capacity > limit, count <= limit else { return }
        if limit == 0 { releaseMemory() } else { resize(to: limit) }
    }

    private mutating func releaseMemory() {
        // Safe: as in deinit; base is nil afterwards, so nothing is freed twice.
        unsafe free(base)
        unsafe base = nil
        room = 0
    }
}

// MARK: - Reading bytes

extension Span where Element == UInt8 {
    /// These bytes, untyped: `array.span.raw`, `text.utf8.span.raw`.
    @inlinable public var raw: RawSpan {
        @_lifetime(copy self)
        get {
            // Safe: `bytes` is unsafe only for elements with padding, which bytes have not.
            unsafe bytes
        }
    }
}

extension RawSpan {
    /// The byte at `offset`; traps outside the span.
    @inlinable @inline(__always)
    public func byte(at offset: Int) -> UInt8 {
        // Safe: unsafeLoad checks the bounds, and every byte is a UInt8.
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The eight bytes from `offset`, the first in the lowest bits; traps outside the span.
    ///
    /// One bounds check for eight bytes: parsers prefer it over eight single loads.
    @inlinable @inline(__always)
    public func word(at offset: Int) -> UInt64 {
        // Safe: unsafeLoadUnaligned checks the bounds, and every eight bytes are a UInt64.
        unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Whether both spans hold the same bytes.
    @inlinable public func isEqual(to other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        // Safe: both are byteCount bytes long, and neither address leaves this call.
        return unsafe withUnsafeBytes { mine in
            unsafe other.withUnsafeBytes { theirs in
                guard let left = mine.baseAddress, let right = theirs.baseAddress else { return true }
                return unsafe memcmp(left, right, mine.count) == 0
            }
        }
    }

    /// Whether these bytes spell `word`, which is ASCII in lower case, in any mix of cases.
    @inlinable @inline(__always)
    public func spells(_ word: StaticString) -> Bool {
        let count = byteCount
        guard count == word.utf8CodeUnitCount else { return false }
        for index in 0..<count {
            let byte = byte(at: index)
            let lower = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
            // Safe: index is below the word's length, and a literal's bytes live as long as the program.
            guard unsafe word.utf8Start[index] == lower else { return false }
        }
        return true
    }

    /// The bytes from `offset` on.
    @inlinable @inline(__always) @_lifetime(copy self)
    public func from(_ offset: Int) -> RawSpan { extracting(offset..<byteCount) }

    /// A copy of the bytes as an array: for configuration, logs and tests.
    public func copied() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for index in 0..<byteCount { bytes.append(byte(at: index)) }
        return bytes
    }
}

// MARK: - Writing bytes

extension MutableRawSpan {
    /// Copies `bytes` to `offset` and on; traps outside the span.
    @inlinable public mutating func write(_ bytes: RawSpan, at offset: Int) {
        precondition(
            offset >= 0 && bytes.byteCount <= byteCount - offset, "bytes are written inside the span")
        // Safe: the range was checked, and an exclusive span cannot overlap one that is borrowed.
        unsafe withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                unsafe memcpy(to + offset, from, source.count)
            }
        }
    }
}
