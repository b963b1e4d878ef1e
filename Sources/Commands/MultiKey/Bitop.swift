import Keyspace
import Wire

extension MultiKey {
    /// BITOP AND | OR | XOR | NOT destination key [key ...]
    static func bitop(
        _ call: borrowing Call, _ images: [KeyImage], reply: inout ReplyWriter
    ) throws(CommandError) -> [KeyWrite] {
        let verb = try BitVerb(call.arguments[1])
        let sources = images.dropFirst()
        guard verb != .not || sources.count == 1 else { throw .bitopNot }
        guard sources.allSatisfy({ $0.kind == nil || $0.kind == .string }) else { throw .wrongKind }
        let result = verb.combine(sources.map(\.bytes))
        reply.integer(result.count)
        if result.isEmpty { return [.remove(2, in: call.database)] }
        return [KeyWrite(keyIndex: 2, database: call.database, change: .store(result, .raw, .clear))]
    }
}

/// What BITOP does to the bytes at one position. Strings that end early go on with zeros.
enum BitVerb: Equatable {
    case and, or, xor, not

    init(_ word: RawSpan) throws(CommandError) {
        if word.spells("and") {
            self = .and
        } else if word.spells("or") {
            self = .or
        } else if word.spells("xor") {
            self = .xor
        } else if word.spells("not") {
            self = .not
        } else {
            throw .syntax
        }
    }

    func combine(_ strings: [[UInt8]]) -> [UInt8] {
        let length = strings.lazy.map(\.count).max() ?? 0
        guard var result = strings.first else { return [] }
        if self == .not {
            for index in result.indices { result[index] = ~result[index] }
            return result
        }
        result.append(contentsOf: repeatElement(0, count: length - result.count))
        for other in strings.dropFirst() {
            switch self {
            case .and:
                for index in other.indices { result[index] &= other[index] }
                for index in other.count..<length { result[index] = 0 }
            case .or: for index in other.indices { result[index] |= other[index] }
            default: for index in other.indices { result[index] ^= other[index] }
            }
        }
        return result
    }
}
