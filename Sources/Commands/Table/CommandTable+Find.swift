import Wire

extension CommandTable {
    /// The command of this name in any mix of cases, or nil. Allocates nothing.
    public static func find(_ name: RawSpan) -> CommandID? {
        index.find(name)
    }

    /// The subcommand of this name in any mix of cases, or nil.
    public static func findSubcommand(of container: CommandID, _ name: RawSpan) -> SubcommandID? {
        guard let packed = PackedName(name) else { return nil }
        return SubcommandID.allCases.first { $0.container == container && subcommandNames[$0] == packed }
    }

    /// The process's index, for whoever looks up a command now and then; a core has one of its own.
    static let index = CommandIndex()

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
    @inline(__always)
    init?(_ name: RawSpan) {
        let count = name.byteCount
        guard count > 0, count < Self.lengthMax else { return nil }
        words.0 = lowercased(Self.word(name, at: 0))
        if count > 8 { words.1 = lowercased(Self.word(name, at: 8)) }
        if count > 16 { words.2 = lowercased(Self.word(name, at: 16)) }
        words.2 |= UInt64(count) << 56
    }

    /// Up to eight bytes from an offset on, zeros behind the end.
    @inline(__always)
    private static func word(_ name: RawSpan, at offset: Int) -> UInt64 {
        if name.byteCount >= offset &+ 8 { return name.word(at: offset) }
        var word: UInt64 = 0
        var shift: UInt64 = 0
        for index in offset..<name.byteCount {
            word |= UInt64(name.byte(at: index)) &<< shift
            shift &+= 8
        }
        return word
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
