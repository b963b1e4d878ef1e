import Wire

/// What an answer was, as far as a load generator cares.
enum AnswerKind: UInt8 {
    /// A status or another scalar: done.
    case done
    /// A number; see `integer`.
    case integer
    /// A string, or nothing where one could be.
    case value
    /// An aggregate.
    case list
    /// An error; see `errorText`.
    case error
}

/// What skimming has come to.
enum Skim {
    /// More bytes are needed.
    case incomplete
    /// One answer is complete.
    case answer
    /// Bytes of a value, where they are asked for: those before the position, as many as `payloadCount`.
    case payload
    /// A value has ended, or was nothing.
    case payloadEnd
    /// This is not the protocol that was spoken.
    case broken
}

/// Counts the answers in what a RESP server sends, in any number of pieces, without keeping bytes or allocating.
///
/// It looks at marks, lengths and line ends only. That suffices without a stack: elements still to come are one
/// number, since an aggregate merely adds its parts to it; what a push or an attribute adds stands before the answer.
struct RespSkimmer: ~Copyable {
    /// What the last answer was.
    private(set) var kind = AnswerKind.done
    /// The number that came last.
    private(set) var integer: Int64 = 0
    /// Strings of the last answer that were there, and that were not.
    private(set) var hits = 0
    private(set) var misses = 0
    /// The start of the last error.
    private(set) var errorText = ByteBuffer()
    /// Bytes of the last `payload`.
    private(set) var payloadCount = 0
    /// Whether the value that ended was there.
    private(set) var valueIsThere = false
    /// Whether values are shown.
    var showsPayload = false

    /// Elements still to come of this answer.
    private var remaining = 1
    /// Whether this answer's own first element has been seen.
    private var begun = false
    /// Elements of a push or an attribute, which belong to no answer.
    private var aside = 0
    /// Bytes of a string still to come, its line end with it; -1 outside of strings.
    private var bulk = -1
    private var bulkIsError = false
    /// The mark of the line being read, 0 between lines.
    private var mark: UInt8 = 0
    private var magnitude: UInt64 = 0
    private var isNegative = false
    private var digits = 0
    private var endsWithReturn = false
    private var isComplete = false

    /// Bytes of an error that are kept.
    static var errorTextMax: Int { 160 }

    /// Looks at `bytes` from `position` on, up to the next thing worth telling.
    mutating func next(_ bytes: RawSpan, _ position: inout Int) -> Skim {
        if isComplete {
            begin()
        } else if remaining == 0 {
            // The end of a value has been told; what follows belongs to the next answer.
            return complete()
        }
        while position < bytes.byteCount {
            if bulk >= 0 {
                let skim = pass(bytes, &position)
                if skim != .incomplete || bulk >= 0 { return skim }
            } else if mark == 0 {
                mark = bytes.byte(at: position)
                position &+= 1
                magnitude = 0
                isNegative = false
                digits = 0
                endsWithReturn = false
                if mark == UInt8(ascii: "-") { startError() }
            } else {
                guard line(bytes, &position) else { return .incomplete }
                guard let skim = element() else { return .broken }
                if skim != .incomplete { return skim }
            }
            if remaining == 0 { return complete() }
        }
        // The end of a string that was the last of its bytes and of its answer.
        return remaining == 0 ? complete() : .incomplete
    }

    private mutating func complete() -> Skim {
        isComplete = true
        return .answer
    }

    private mutating func begin() {
        isComplete = false
        begun = false
        remaining = 1
        hits = 0
        misses = 0
    }

    private mutating func startError() {
        if aside == 0, !begun { errorText.removeAll() }
    }

    /// Reads the rest of a line; false if it goes on.
    @inline(__always)
    private mutating func line(_ bytes: RawSpan, _ position: inout Int) -> Bool {
        while position < bytes.byteCount {
            let byte = bytes.byte(at: position)
            position &+= 1
            if byte == UInt8(ascii: "\n") { return true }
            endsWithReturn = byte == UInt8(ascii: "\r")
            let digit = byte &- 0x30
            if digit <= 9 {
                magnitude = magnitude &* 10 &+ UInt64(digit)
                digits &+= 1
            } else if byte == UInt8(ascii: "-") {
                isNegative = true
            }
            if mark == UInt8(ascii: "-") { keepError(byte) }
        }
        return false
    }

    private mutating func keepError(_ byte: UInt8) {
        if errorText.count < Self.errorTextMax, byte >= 32 { errorText.append(byte) }
    }

    /// Takes in the element whose first line has ended; nil if it is none.
    private mutating func element() -> Skim? {
        guard endsWithReturn else { return nil }
        let mark = self.mark
        self.mark = 0
        let length = Int(clamping: magnitude)
        switch mark {
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            guard digits > 0, length <= 1 << 40 else { return nil }
            bulkIsError = mark == UInt8(ascii: "!")
            if bulkIsError { startError() }
            if !isNegative {
                bulk = length &+ 2
                return .incomplete
            }
            return scalar(.value, isThere: false)
        case UInt8(ascii: "_"): return scalar(.value, isThere: false)
        case UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: ","), UInt8(ascii: "("):
            return scalar(.done)
        case UInt8(ascii: ":"):
            guard digits > 0 else { return nil }
            integer =
                isNegative ? 0 &- Int64(truncatingIfNeeded: magnitude) : Int64(truncatingIfNeeded: magnitude)
            return scalar(.integer)
        case UInt8(ascii: "-"): return scalar(.error)
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: "%"):
            guard digits > 0, length <= 1 << 32 else { return nil }
            if isNegative { return scalar(.value, isThere: false) }
            return aggregate(length &* (mark == UInt8(ascii: "%") ? 2 : 1))
        case UInt8(ascii: ">"), UInt8(ascii: "|"):
            guard digits > 0, length <= 1 << 32 else { return nil }
            aside &+= length &* (mark == UInt8(ascii: "|") ? 2 : 1) &+ (aside > 0 ? -1 : 0)
            return .incomplete
        default: return nil
        }
    }

    /// An element without parts. Strings and nulls count as there or not.
    @inline(__always)
    private mutating func scalar(_ kind: AnswerKind, isThere: Bool? = nil) -> Skim {
        if aside > 0 {
            aside &-= 1
            return .incomplete
        }
        if !begun { self.kind = kind }
        begun = true
        remaining &-= 1
        switch isThere {
        case true?: hits &+= 1
        case false?: misses &+= 1
        case nil: return .incomplete
        }
        valueIsThere = isThere == true
        return showsPayload ? .payloadEnd : .incomplete
    }

    private mutating func aggregate(_ parts: Int) -> Skim {
        if aside > 0 {
            aside &+= parts &- 1
            return .incomplete
        }
        if !begun { kind = .list }
        begun = true
        remaining &+= parts &- 1
        return .incomplete
    }

    /// Passes over the bytes of a string. Its line end is checked wherever the stream has been cut.
    private mutating func pass(_ bytes: RawSpan, _ position: inout Int) -> Skim {
        let taken = min(bulk, bytes.byteCount &- position)
        if bulkIsError || showsPayload, bulk > 2 {
            let count = min(taken, bulk &- 2)
            if bulkIsError {
                for offset in 0..<count { keepError(bytes.byte(at: position &+ offset)) }
            } else if aside == 0 {
                position &+= count
                bulk &-= count
                payloadCount = count
                return .payload
            }
        }
        if bulk >= 2, taken > bulk &- 2, bytes.byte(at: position &+ bulk &- 2) != UInt8(ascii: "\r") {
            return .broken
        }
        if taken == bulk, bytes.byte(at: position &+ bulk &- 1) != UInt8(ascii: "\n") { return .broken }
        position &+= taken
        bulk &-= taken
        guard bulk == 0 else { return .incomplete }
        bulk = -1
        return bulkIsError ? scalar(.error) : scalar(.value, isThere: true)
    }
}
