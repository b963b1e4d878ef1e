import Wire

extension CommandTable {
    /// The command of this name in any mix of cases, or nil. Allocates nothing.
    public static func find(_ name: RawSpan) -> CommandID? {
        guard let packed = PackedName(name) else { return nil }
        return names.find(packed)
    }

    /// The subcommand of this name in any mix of cases, or nil.
    public static func findSubcommand(of container: CommandID, _ name: RawSpan) -> SubcommandID? {
        guard let packed = PackedName(name) else { return nil }
        return SubcommandID.allCases.first { $0.container == container && subcommandNames[$0] == packed }
    }

    private static let names = NameTable(specs)

    private static let subcommandNames: [SubcommandID: PackedName] = {
        var names: [SubcommandID: PackedName] = [:]
        for spec in subcommandSpecs {
            guard let id = spec.subcommand else { continue }
            names[id] = PackedName(folding: spec.name.utf8.drop { $0 != UInt8(ascii: "|") }.dropFirst())
        }
        return names
    }()
}

/// A name of at most 24 bytes in three words, upper case folded to lower: two names are equal if their words are.
struct PackedName: Hashable, BitwiseCopyable {
    static let lengthMax = 24

    private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)

    /// Nil for a name that is empty or too long to be one of ours. A zero byte in the name would make it equal to
    /// a shorter one, so the length takes part: it is counted into the last word, which no name fills.
    init?(_ name: RawSpan) {
        let count = name.byteCount
        guard count > 0, count < Self.lengthMax else { return nil }
        var word: UInt64 = 0
        for index in 0..<min(count, 8) { word |= UInt64(name.byte(at: index)) << UInt64(index &* 8) }
        words.0 = lowercased(word)
        if count > 8 {
            word = 0
            for index in 8..<min(count, 16) { word |= UInt64(name.byte(at: index)) << UInt64((index &- 8) &* 8) }
            words.1 = lowercased(word)
        }
        if count > 16 {
            word = 0
            for index in 16..<count { word |= UInt64(name.byte(at: index)) << UInt64((index &- 16) &* 8) }
            words.2 = lowercased(word)
        }
        words.2 |= UInt64(count) << 56
    }

    init(folding name: some Sequence<UInt8>) {
        let bytes = Array(name)
        guard let packed = PackedName(bytes.span.raw) else {
            preconditionFailure("A command's name has 1 to 23 bytes.")
        }
        self = packed
    }

    /// Spreads the name over the high bits.
    var hash: UInt64 {
        (words.0 ^ (words.1 &* 0xff51_afd7_ed55_8ccd) ^ words.2) &* 0x9e37_81b9_7f4a_7c15
    }

    static func == (left: PackedName, right: PackedName) -> Bool {
        left.words.0 == right.words.0 && left.words.1 == right.words.1 && left.words.2 == right.words.2
    }

    func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// Sets bit 5 in each byte that holds `A` to `Z`, eight bytes at a time.
@inline(__always)
private func lowercased(_ word: UInt64) -> UInt64 {
    let low7 = word & 0x7f7f_7f7f_7f7f_7f7f
    let atLeastA = low7 &+ 0x3f3f_3f3f_3f3f_3f3f
    let beyondZ = low7 &+ 0x2525_2525_2525_2525
    let isUpper = (atLeastA & ~beyondZ) & ~word & 0x8080_8080_8080_8080
    return word | (isUpper >> 2)
}

/// Open addressing over packed names: a kilobyte of slots pointing into the names, at most a third full.
private struct NameTable: BitwiseCopyable {
    private static let empty = UInt16.max
    private static let slotShift: UInt64 = 64 - 9

    private var slots = InlineArray<512, UInt16>(repeating: NameTable.empty)
    private var names: InlineArray<81, PackedName>

    init(_ specs: [CommandSpec]) {
        names = InlineArray { PackedName(folding: specs[$0].name.utf8) }
        precondition(names.count * 3 <= slots.count, "Names stay far apart: grow the slots with the commands.")
        for id in CommandID.allCases {
            var slot = Int(names[Int(id.rawValue)].hash >> Self.slotShift)
            while slots[slot] != Self.empty { slot = (slot + 1) & 511 }
            slots[slot] = id.rawValue
        }
    }

    @inline(__always)
    func find(_ name: PackedName) -> CommandID? {
        var slot = Int(truncatingIfNeeded: name.hash >> Self.slotShift)
        while slots[slot] != Self.empty {
            let index = slots[slot]
            if names[Int(index)] == name { return CommandID(rawValue: index) }
            slot = (slot &+ 1) & 511
        }
        return nil
    }
}
