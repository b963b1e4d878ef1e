import Wire

/// The same as `RespSkimmer` for Memcached's text protocol: lines, and after `VALUE` a block of bytes.
///
/// A line that is cut is put together in a small buffer; everything else is looked at where it lies.
struct TextSkimmer: ~Copyable {
    private(set) var kind = AnswerKind.done
    private(set) var integer: Int64 = 0
    private(set) var hits = 0
    /// Keys that the answer says are not there (`NOT_FOUND`). A read leaves them out.
    private(set) var misses = 0
    private(set) var errorText = ByteBuffer()
    private(set) var payloadCount = 0
    private(set) var valueIsThere = false
    var showsPayload = false

    /// Bytes of a block still to come, its line end with it; -1 between blocks.
    private var block = -1
    /// The start of a line that was cut.
    private var carried = ByteBuffer()
    private var isComplete = false

    /// A line is longer than anything a server says.
    static var lineMax: Int { 2048 }

    /// Looks at `bytes` from `position` on, up to the next thing worth telling.
    mutating func next(_ bytes: RawSpan, _ position: inout Int) -> Skim {
        if isComplete {
            isComplete = false
            hits = 0
            misses = 0
        }
        while position < bytes.byteCount {
            let skim = block >= 0 ? pass(bytes, &position) : line(bytes, &position)
            if skim != .incomplete { return skim }
        }
        return .incomplete
    }

    private mutating func pass(_ bytes: RawSpan, _ position: inout Int) -> Skim {
        let taken = min(block, bytes.byteCount &- position)
        if showsPayload, block > 2 {
            payloadCount = min(taken, block &- 2)
            position &+= payloadCount
            block &-= payloadCount
            return .payload
        }
        if block >= 2, taken > block &- 2, bytes.byte(at: position &+ block &- 2) != UInt8(ascii: "\r") {
            return .broken
        }
        if taken == block, bytes.byte(at: position &+ block &- 1) != UInt8(ascii: "\n") { return .broken }
        position &+= taken
        block &-= taken
        guard block == 0 else { return .incomplete }
        block = -1
        hits &+= 1
        valueIsThere = true
        return showsPayload ? .payloadEnd : .incomplete
    }

    private mutating func line(_ bytes: RawSpan, _ position: inout Int) -> Skim {
        var end = position
        while end < bytes.byteCount, bytes.byte(at: end) != UInt8(ascii: "\n") { end &+= 1 }
        let part = bytes.extracting(position..<end)
        let isWhole = end < bytes.byteCount
        position = isWhole ? end &+ 1 : end
        guard isWhole, carried.isEmpty else {
            guard carried.count + part.byteCount <= Self.lineMax else { return .broken }
            carried.append(part)
            guard isWhole else { return .incomplete }
            var line = ByteBuffer()
            swap(&line, &carried)
            let skim = take(line.bytes)
            line.removeAll()
            swap(&line, &carried)
            return skim
        }
        return take(part)
    }

    /// One line, without LF.
    private mutating func take(_ line: RawSpan) -> Skim {
        let count = line.byteCount &- 1
        guard count > 0, line.byte(at: count) == UInt8(ascii: "\r") else { return .broken }
        switch line.byte(at: 0) {
        case UInt8(ascii: "V") where line.spellsStart("value "):
            guard let size = size(line, count) else { return .broken }
            block = size &+ 2
            return .incomplete
        case UInt8(ascii: "E") where line.extracting(0..<count).spells("end"): kind = .value
        case UInt8(ascii: "E") where line.extracting(0..<count).spells("exists"): kind = .done
        case UInt8(ascii: "E"), UInt8(ascii: "C"),
            UInt8(ascii: "S") where !line.spellsStart("stored"):
            kind = .error
            errorText.removeAll()
            errorText.append(line.extracting(0..<min(count, RespSkimmer.errorTextMax)))
        case UInt8(ascii: "N") where line.spellsStart("not_found"):
            kind = .value
            misses = 1
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            // Digits, and blanks behind them where a counter has become shorter.
            kind = .integer
            var value: UInt64 = 0
            for index in 0..<count where line.byte(at: index) &- 0x30 <= 9 {
                value = value &* 10 &+ UInt64(line.byte(at: index) &- 0x30)
            }
            integer = Int64(truncatingIfNeeded: value)
        default: kind = .done
        }
        isComplete = true
        return .answer
    }

    /// The third of the words behind `VALUE`.
    private func size(_ line: RawSpan, _ count: Int) -> Int? {
        var blanks = 0
        var size = 0
        var digits = 0
        for index in 0..<count {
            let byte = line.byte(at: index)
            if byte == UInt8(ascii: " ") {
                blanks &+= 1
                if blanks == 4 { break }
            } else if blanks == 3 {
                guard byte &- 0x30 <= 9, digits < 12 else { return nil }
                size = size &* 10 &+ Int(byte &- 0x30)
                digits &+= 1
            }
        }
        return digits > 0 ? size : nil
    }
}

extension RawSpan {
    /// Whether these bytes begin with `word`, which is ASCII in lower case, in any mix of cases.
    @inline(__always)
    fileprivate func spellsStart(_ word: StaticString) -> Bool {
        byteCount >= word.utf8CodeUnitCount && extracting(0..<word.utf8CodeUnitCount).spells(word)
    }
}
