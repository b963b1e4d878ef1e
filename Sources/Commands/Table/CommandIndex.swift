import Wire

/// The command table as a core reads it, several times a request: names by open addressing, and a profile each.
/// A core owns one; a global would be asked at every use whether it has been made already.
///
/// Half a kilobyte of slots, at most a third full. Not copyable, so that it is read where it lies.
public struct CommandIndex: ~Copyable, Sendable {
    private static let slotBits: UInt64 = 9

    private let slots: [CommandID?]
    private let names: [PackedName]
    private let profiles: [CommandProfile]

    /// The index of all commands.
    public init() {
        let specs = CommandTable.specs
        let mask = 1 << Int(Self.slotBits) - 1
        precondition(specs.count * 3 <= mask, "Names stay far apart: grow the slots with the commands.")
        precondition(MemoryLayout<CommandProfile>.size <= 16, "A profile is one sixteen-byte read.")
        let names = specs.map { PackedName(folding: $0.name.utf8) }
        var slots = [CommandID?](repeating: nil, count: mask + 1)
        for (name, spec) in zip(names, specs) {
            var slot = Int(truncatingIfNeeded: name.hash >> (64 - Self.slotBits))
            while slots[slot] != nil { slot = (slot + 1) & mask }
            slots[slot] = spec.id
        }
        self.slots = slots
        self.names = names
        profiles = specs.map(CommandProfile.init)
    }

    /// The command of this name in any mix of cases, or nil. Allocates nothing.
    public func find(_ name: RawSpan) -> CommandID? {
        guard let packed = PackedName(name) else { return nil }
        var slot = Int(truncatingIfNeeded: packed.hash >> (64 - Self.slotBits))
        while let id = slots[slot] {
            if names[Int(id.rawValue)] == packed { return id }
            slot = (slot &+ 1) & (1 << Int(Self.slotBits) - 1)
        }
        return nil
    }

    /// The profile of a command.
    public func profile(of id: CommandID) -> CommandProfile { profiles[Int(id.rawValue)] }
}
