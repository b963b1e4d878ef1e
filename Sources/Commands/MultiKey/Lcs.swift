import Keyspace
import Wire

extension MultiKey {
    /// LCS key1 key2 [LEN] [IDX] [MINMATCHLEN length] [WITHMATCHLEN]
    static func lcs(
        _ call: borrowing Call, _ images: [KeyImage], reply: inout ReplyWriter
    ) throws(CommandError) -> [KeyWrite] {
        guard images.allSatisfy({ $0.kind == nil || $0.kind == .string }) else { throw .lcsKinds }
        let options = try LCSOptions(call)
        let (a, b) = (images[0].bytes, images[1].bytes)
        guard max(a.count, b.count) < Int(UInt32.max) - 1 else { throw .lcsTooLong }
        guard (a.count + 1) * (b.count + 1) * 4 <= call.stringLengthMax else { throw .lcsTooLarge }
        let table = LCSTable(a, b)
        if options.length {
            reply.integer(table.length)
        } else if options.ranges {
            write(table, options, reply: &reply)
        } else {
            reply.bulk(table.subsequence.span.raw)
        }
        return []
    }

    private static func write(_ table: LCSTable, _ options: LCSOptions, reply: inout ReplyWriter) {
        let matches = table.matches.filter { $0.length >= options.minimum }
        reply.map(2)
        reply.bulk("matches" as StaticString)
        reply.array(matches.count)
        for match in matches {
            reply.array(options.matchLengths ? 3 : 2)
            for start in [match.startA, match.startB] {
                reply.array(2)
                reply.integer(start)
                reply.integer(start + match.length - 1)
            }
            if options.matchLengths { reply.integer(match.length) }
        }
        reply.bulk("len" as StaticString)
        reply.integer(table.length)
    }
}

/// What LCS was told beside its keys.
struct LCSOptions {
    var length = false
    var ranges = false
    var matchLengths = false
    var minimum: Int64 = 0

    init(_ call: borrowing Call) throws(CommandError) {
        var index = 3
        while index < call.arguments.count {
            let word = call.arguments[index]
            if word.spells("len") {
                length = true
            } else if word.spells("idx") {
                ranges = true
            } else if word.spells("withmatchlen") {
                matchLengths = true
            } else if word.spells("minmatchlen"), index + 1 < call.arguments.count {
                index += 1
                minimum = try call.integer(at: index)
            } else {
                throw .syntax
            }
            index += 1
        }
        guard !(length && ranges) else { throw .lcsLenAndIdx }
    }
}

/// The classic table: cell (i, j) holds the length of the longest common subsequence of the first i bytes of `a` and
/// the first j of `b`. Walking back from the last cell finds one such subsequence.
struct LCSTable {
    /// Bytes that lie side by side in both strings.
    struct Match: Equatable {
        var startA: Int
        var startB: Int
        var length: Int
    }

    private let a: [UInt8]
    private let b: [UInt8]
    private let cells: [UInt32]

    init(_ a: [UInt8], _ b: [UInt8]) {
        self.a = a
        self.b = b
        let width = b.count + 1
        var cells = [UInt32](repeating: 0, count: (a.count + 1) * width)
        for i in 1..<max(a.count + 1, 1) {
            for j in 1..<max(width, 1) {
                let isMatch = a[i - 1] == b[j - 1]
                cells[i * width + j] =
                    isMatch
                    ? cells[(i - 1) * width + j - 1] + 1
                    : max(cells[(i - 1) * width + j], cells[i * width + j - 1])
            }
        }
        self.cells = cells
    }

    var length: Int { Int(cells[cells.count - 1]) }

    /// The pairs of positions that match, from the ends to the starts. Where both ways back are equally good, the
    /// second string gives way.
    private func walkBack(_ visit: (_ i: Int, _ j: Int) -> Void) {
        let width = b.count + 1
        var (i, j) = (a.count, b.count)
        while i > 0, j > 0 {
            if a[i - 1] == b[j - 1] {
                visit(i - 1, j - 1)
                i -= 1
                j -= 1
            } else if cells[(i - 1) * width + j] > cells[i * width + j - 1] {
                i -= 1
            } else {
                j -= 1
            }
        }
    }

    /// The subsequence itself.
    var subsequence: [UInt8] {
        var reversed: [UInt8] = []
        walkBack { i, _ in reversed.append(a[i]) }
        return reversed.reversed()
    }

    /// The subsequence as runs, the last run first.
    var matches: [Match] {
        var matches: [Match] = []
        walkBack { i, j in
            if let last = matches.last, last.startA == i + 1, last.startB == j + 1 {
                matches[matches.count - 1] = Match(startA: i, startB: j, length: last.length + 1)
            } else {
                matches.append(Match(startA: i, startB: j, length: 1))
            }
        }
        return matches
    }
}
