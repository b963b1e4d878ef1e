import Keyspace
import Wire

extension MultiKey {
    /// MSETNX key value [key value ...]
    static func msetnx(
        _ call: borrowing Call, _ images: [KeyImage], reply: inout ReplyWriter
    ) throws(CommandError) -> [KeyWrite] {
        guard call.arguments.count % 2 == 1 else { throw .oddPairs }
        guard !images.contains(where: \.exists) else {
            reply.integer(0)
            return []
        }
        reply.integer(1)
        var writes: [KeyWrite] = []
        for index in stride(from: 1, to: call.arguments.count, by: 2) {
            let value = call.arguments[index + 1]
            let change = KeyWrite.Change.store(value.copied(), .natural(for: value), .clear)
            writes.append(KeyWrite(keyIndex: index, database: call.database, change: change))
        }
        return writes
    }
}
