import Commands
import Wire

/// Makes one reply of the replies of several shards. Pure.
enum ReplyMerge {
    /// One shard's answer: the positions of its keys among the arguments (nil: it answers for itself), and bytes.
    typealias Part = (keyIndices: [Int]?, reply: [UInt8])

    /// Writes the merged reply. An error of any shard is the reply.
    static func write(_ merge: Merge, _ parts: [Part], into writer: inout ReplyWriter) {
        if let failed = parts.first(where: { $0.reply.first == UInt8(ascii: "-") }) {
            return writer.raw(failed.reply.span.raw)
        }
        switch merge {
        case .sum: writer.integer(parts.reduce(Int64(0)) { $0 + integer($1.reply) })
        case .ok: writer.ok()
        case .gather: stitch(parts, into: &writer)
        case .concatenate: concatenate(parts, into: &writer)
        case .draw, .cursor: preconditionFailure("a reply of one shard has nothing to merge")
        }
    }

    private static func integer(_ reply: [UInt8]) -> Int64 {
        guard reply.count > 3, reply[0] == UInt8(ascii: ":"),
            let value = Decimal.parse(reply.span.raw.extracting(1..<(reply.count - 2)))
        else {
            preconditionFailure("a shard answered something else than an integer where integers are added")
        }
        return value
    }

    /// One element a key, back in the order of the keys.
    private static func stitch(_ parts: [Part], into writer: inout ReplyWriter) {
        var places: [(index: Int, part: Int, range: Range<Int>)] = []
        for (number, part) in parts.enumerated() {
            let elements = elements(of: part.reply)
            for (index, range) in zip(part.keyIndices ?? [], elements) {
                places.append((index, number, range))
            }
        }
        places.sort { $0.index < $1.index }
        writer.array(places.count)
        for place in places {
            let reply = parts[place.part].reply
            writer.raw(reply.span.raw.extracting(place.range))
        }
    }

    private static func concatenate(_ parts: [Part], into writer: inout ReplyWriter) {
        let lists = parts.map { elements(of: $0.reply) }
        writer.array(lists.reduce(0) { $0 + $1.count })
        for (part, elements) in zip(parts, lists) {
            guard let first = elements.first, let last = elements.last else { continue }
            writer.raw(part.reply.span.raw.extracting(first.lowerBound..<last.upperBound))
        }
    }

    /// Where the elements of an array reply lie.
    private static func elements(of reply: [UInt8]) -> [Range<Int>] {
        guard case .element(let array) = ReplyElement.read(reply.span.raw, at: 0) else { return [] }
        var ranges: [Range<Int>] = []
        var position = array.end
        for _ in 0..<array.parts {
            let end = endOfReply(reply.span.raw, from: position)
            ranges.append(position..<end)
            position = end
        }
        return ranges
    }

    private static func endOfReply(_ bytes: RawSpan, from start: Int) -> Int {
        var awaited = 1
        var position = start
        while awaited > 0 {
            guard case .element(let element) = ReplyElement.read(bytes, at: position) else {
                preconditionFailure("a shard's reply ends in the middle")
            }
            awaited += element.parts - 1
            position = element.end
        }
        return position
    }
}
