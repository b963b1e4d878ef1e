import Keyspace
import Wire

extension Bitmaps {
    /// BITFIELD key [GET type offset | [OVERFLOW WRAP | SAT | FAIL] SET type offset value | INCRBY ...] ...,
    /// and BITFIELD_RO, which only gets.
    ///
    /// All operations are read before the first is done, and the string grows for the furthest write at once.
    static func bitfield(
        _ call: borrowing Call, on shard: inout Shard, reply: inout ReplyWriter
    ) throws(CommandError) {
        let operations = try FieldOperation.parse(call)
        let lastWritten = operations.lazy.filter(\.writes).map(\.field.last).max()
        guard let lastWritten else {
            let id = try shard.readString(call)
            reply.array(operations.count)
            for operation in operations {
                reply.integer(id.map { operation.field.read(shard.value(of: $0)) } ?? 0)
            }
            return
        }
        guard call.command == .bitfield else { throw .bitfieldReadOnly }
        let id = try shard.bitmap(for: call, holding: lastWritten)
        var value = shard.mutableValue(of: id)
        reply.array(operations.count)
        for operation in operations {
            if let result = operation.perform(on: &value) {
                reply.integer(result)
            } else {
                reply.null()
            }
        }
    }
}

/// One operation of BITFIELD.
struct FieldOperation: BitwiseCopyable {
    enum Verb: BitwiseCopyable {
        case get
        case set(Int64)
        case add(Int64)
    }

    var verb: Verb
    var field: BitField
    var overflow: BitField.Overflow

    var writes: Bool {
        if case .get = verb { false } else { true }
    }

    static func parse(_ call: borrowing Call) throws(CommandError) -> [FieldOperation] {
        var operations: [FieldOperation] = []
        var overflow = BitField.Overflow.wrap
        var index = 2
        while index < call.arguments.count {
            let word = call.arguments[index]
            let rest = call.arguments.count - index - 1
            if word.spells("overflow"), rest >= 1 {
                overflow = try BitField.Overflow(call.arguments[index + 1])
                index += 2
                continue
            }
            let gets = word.spells("get") && rest >= 2
            let sets = word.spells("set") && rest >= 3
            guard gets || sets || (word.spells("incrby") && rest >= 3) else { throw .syntax }
            var field = try BitField(kind: call.arguments[index + 1])
            field.offset = try Bitmaps.offset(call.arguments[index + 2], fieldWidth: field.width, call)
            let number = gets ? 0 : try call.integer(at: index + 3)
            let verb: Verb = gets ? .get : sets ? .set(number) : .add(number)
            operations.append(FieldOperation(verb: verb, field: field, overflow: overflow))
            index += gets ? 3 : 4
        }
        return operations
    }

    /// GET and SET answer what was there, INCRBY what is there now; nil where the new value does not fit and the
    /// operation was to fail then.
    func perform(on bytes: inout MutableRawSpan) -> Int64? {
        let old = field.read(bytes.bytes)
        let wanted: Int128
        switch verb {
        case .get: return old
        case .set(let number) where field.passesForTooLarge(number) && overflow == .saturate:
            wanted = Int128(Int64.max)
        case .set(let number): wanted = field.isSigned ? Int128(number) : Int128(UInt64(bitPattern: number))
        case .add(let number): wanted = Int128(old) + Int128(number)
        }
        guard let new = field.fit(wanted, overflow) else { return nil }
        field.write(new, to: &bytes)
        if case .set = verb { return old }
        return new
    }
}
