import Keyspace
import Wire

/// The options that SET, GETEX and CAS share: under which condition, until when, with the old value or not.
struct SetOptions: BitwiseCopyable {
    /// Which command reads the options; each allows some of them.
    enum Reader { case set, getex, cas }

    enum Condition: Equatable, BitwiseCopyable {
        case always, missing, present
        /// The value equals the argument at this index.
        case equal(at: Int)
    }

    enum Unit { case seconds, milliseconds }

    /// What happens to the expiry. A time is named by the index of its argument: whether it is a good one is only
    /// looked at once all options are known to be in order.
    enum Expiry: Equatable, BitwiseCopyable {
        case none, keep, persist
        case after(Unit, at: Int)
        case when(Unit, at: Int)
    }

    var condition = Condition.always
    var expiry = Expiry.none
    var returnsOld = false

    init(expiry: Expiry) { self.expiry = expiry }

    /// Reads the options from an index on. Options that contradict each other are a syntax error, as are unknown
    /// ones and those without their value; the same one may be repeated and the last wins.
    init(_ arguments: borrowing Arguments, from start: Int, of reader: Reader) throws(CommandError) {
        var index = start
        while index < arguments.count {
            let word = arguments[index]
            let hasNext = index + 1 < arguments.count
            if reader == .set, word.spells("nx"), condition == .always || condition == .missing {
                condition = .missing
            } else if reader == .set, word.spells("xx"), condition == .always || condition == .present {
                condition = .present
            } else if reader == .set, word.spells("ifeq"), hasNext, condition == .always {
                index += 1
                condition = .equal(at: index)
            } else if reader == .set, word.spells("get") {
                returnsOld = true
            } else if reader != .getex, word.spells("keepttl"), expiry == .none || expiry == .keep {
                expiry = .keep
            } else if reader == .getex, word.spells("persist"), expiry == .none || expiry == .persist {
                expiry = .persist
            } else if hasNext, let next = timed(by: word, at: index + 1) {
                expiry = next
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
    }

    /// The expiry that a word announces, unless another kind has been given.
    private func timed(by word: RawSpan, at index: Int) -> Expiry? {
        let new: Expiry
        if word.spells("ex") {
            new = .after(.seconds, at: index)
        } else if word.spells("px") {
            new = .after(.milliseconds, at: index)
        } else if word.spells("exat") {
            new = .when(.seconds, at: index)
        } else if word.spells("pxat") {
            new = .when(.milliseconds, at: index)
        } else {
            return nil
        }
        switch (expiry, new) {
        case (.none, _): return new
        case (.after(let old, _), .after(let unit, _)), (.when(let old, _), .when(let unit, _)):
            return old == unit ? new : nil
        default: return nil
        }
    }

    /// The time given by the options, if they give one. It must be positive and representable; one in the past is
    /// accepted where it is absolute.
    func deadline(_ call: borrowing Call) throws(CommandError) -> UnixMillis? {
        let (unit, index, isRelative): (Unit, Int, Bool)
        switch expiry {
        case .none, .keep, .persist: return nil
        case .after(let given, let at): (unit, index, isRelative) = (given, at, true)
        case .when(let given, let at): (unit, index, isRelative) = (given, at, false)
        }
        var time = try call.integer(at: index)
        guard time > 0, unit == .milliseconds || time <= Int64.max / 1000 else { throw .expireTime }
        if unit == .seconds { time *= 1000 }
        guard isRelative else { return UnixMillis(rawValue: time) }
        let (sum, overflows) = time.addingReportingOverflow(call.now.rawValue)
        guard !overflows, sum > 0 else { throw .expireTime }
        return UnixMillis(rawValue: sum)
    }

    /// What a store does to the expiry under these options.
    func expiryChange(_ call: borrowing Call) throws(CommandError) -> ExpiryChange {
        if expiry == .keep { return .keep }
        guard let deadline = try deadline(call) else { return .clear }
        return .at(deadline)
    }
}
