import Commands
import Reactor
import Wire

// Commands of the server that need a few lines each.
extension CoreState {
    /// TIME
    mutating func time(_ slot: Int) {
        let micros = WallClock.micros
        connections[slot].reply.array(2)
        connections[slot].reply.bulk(integer: micros / 1_000_000)
        connections[slot].reply.bulk(integer: micros % 1_000_000)
    }

    /// FUNCTION FLUSH [ASYNC | SYNC]: there are no functions, so it has been done.
    mutating func functionFlush(_ slot: Int, _ call: borrowing Call) {
        guard call.arguments.count <= 3 else {
            return connections[slot].reply.error(
                "ERR unknown subcommand or wrong number of arguments for '\(call.arguments[1].text)'. "
                    + "Try FUNCTION HELP.")
        }
        if call.arguments.count == 3, !["sync", "async"].contains(call.arguments[2].text.lowercased()) {
            return connections[slot].reply.error(
                "ERR FUNCTION FLUSH only supports SYNC|ASYNC option" as StaticString)
        }
        connections[slot].reply.ok()
    }

    /// LOLWUT [VERSION version] [columns [rows]]
    mutating func lolwut(_ slot: Int, _ call: borrowing Call) {
        var first = 1
        if call.arguments.count > 2, call.arguments[1].text.lowercased() == "version" {
            guard Decimal.parse(call.arguments[2]) != nil else {
                return connections[slot].reply.error(
                    "ERR value is not an integer or out of range" as StaticString)
            }
            first = 3
        }
        var sizes: [Int] = []
        for index in first..<max(first, call.arguments.count) where sizes.count < 2 {
            if let size = Decimal.parse(call.arguments[index]) { sizes.append(Int(clamping: size)) }
        }
        let seed = UInt64.random(in: 0 ... .max)
        let drawing = Skyline(columns: sizes.first ?? 60, rows: sizes.dropFirst().first ?? 12, seed: seed)
        connections[slot].reply.verbatim(drawing.text + "Coronet \(NodeProgram.version)\n")
    }

    /// A request that named a subcommand but had the wrong number of arguments counts as rejected.
    mutating func noteRefused(_ call: borrowing Call) {
        guard call.arguments.count > 1,
            let subcommand = CommandTable.findSubcommand(of: call.command, call.arguments[1])
        else { return }
        statistics.byCommand[Int(StatIndex(subcommand).rawValue)].rejected += 1
    }
}

/// A town at night, as wide and high as asked for: what LOLWUT draws. The same seed draws the same town.
struct Skyline {
    let text: String

    init(columns: Int, rows: Int, seed: UInt64) {
        let (columns, rows) = (min(max(columns, 8), 200), min(max(rows, 4), 60))
        var chance = Chance(state: seed)
        var heights: [Int] = []
        while heights.count < columns {
            let width = 3 + Int(chance.below(6))
            let height = 1 + Int(chance.below(UInt64(rows - 2)))
            heights += Array(repeating: height, count: width) + [0]
        }
        var lines: [String] = []
        for row in stride(from: rows, to: 0, by: -1) {
            var line = ""
            for column in 0..<columns { line += Skyline.cell(row, column, heights, &chance) }
            lines.append(line)
        }
        text = lines.map { $0 + "\n" }.joined()
    }

    private static func cell(_ row: Int, _ column: Int, _ heights: [Int], _ chance: inout Chance) -> String {
        if row > heights[column] {
            if row == heights[column] + 1, heights[column] > 0 { return "_" }
            return row > 3 && chance.below(40) == 0 ? "." : " "
        }
        let isEdge =
            column == 0 || heights[column - 1] == 0 || column + 1 >= heights.count || heights[column + 1] == 0
        if isEdge { return "|" }
        return chance.below(3) == 0 ? "o" : " "
    }

    /// A small generator (xorshift), so that a test can ask for the same town twice.
    private struct Chance {
        var state: UInt64

        mutating func below(_ bound: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            if state == 0 { state = 0x9E37_79B9_7F4A_7C15 }
            return state % max(1, bound)
        }
    }
}
