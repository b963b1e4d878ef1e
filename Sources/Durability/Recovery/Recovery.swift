/// What a start finds of the data, reduced to what decides. See `Recovery.md`, which holds the table.
public struct RecoveryFindings: Equatable, Sendable {
    /// The log as a whole.
    public enum Log: String, CaseIterable, Sendable {
        /// No folder, or nothing of a log in it.
        case none
        /// One file beside the snapshot, from before logs had a folder.
        case single
        /// Log files, but no list of them.
        case headless
        /// Something of it may not be read.
        case locked
        /// The list cannot be understood.
        case garbled
        /// A list.
        case listed
    }

    /// The base that the list names.
    public enum Base: String, CaseIterable, Sendable {
        /// It names none.
        case none
        /// It is there.
        case there
        /// It is not there.
        case missing
        /// It is in a version or of a kind that we do not read, or broken.
        case bad
    }

    /// The increments that the list names.
    public enum Increments: String, CaseIterable, Sendable {
        /// All are there, and whole (also: there are none).
        case whole
        /// Some end in the middle of a record, at the end of what their core wrote.
        case torn
        /// One is not there.
        case missing
        /// One is broken elsewhere than at such an end.
        case bad
    }

    /// The snapshot file.
    public enum Snapshot: String, CaseIterable, Sendable {
        /// It is not there.
        case none = "no"
        /// It is there; its own reader judges it.
        case there = "yes"
        /// Whether it is there may not be known.
        case locked
    }

    /// `appendonly`
    public var wantsLog: Bool
    /// `aof-load-truncated`
    public var loadsTruncated: Bool
    /// The snapshot file; no matter where a log is loaded.
    public var snapshot: Snapshot
    /// The log.
    public var log: Log
    /// Its base; meaningful when it is listed.
    public var base: Base
    /// Its increments; meaningful when it is listed.
    public var increments: Increments

    /// Findings.
    public init(
        wantsLog: Bool, loadsTruncated: Bool, snapshot: Snapshot, log: Log, base: Base = .none,
        increments: Increments = .whole
    ) {
        self.wantsLog = wantsLog
        self.loadsTruncated = loadsTruncated
        self.snapshot = snapshot
        self.log = log
        self.base = base
        self.increments = increments
    }
}

/// What a start does about it.
public enum RecoveryOutcome: String, CaseIterable, Sendable {
    /// Begin without data.
    case empty = "start empty"
    /// Load the snapshot file.
    case snapshot = "load the snapshot"
    /// Load the snapshot file, then begin a log with the data as its base.
    case snapshotThenLog = "load the snapshot, begin a log"
    /// Make the single file the base of a log in a folder, then load that.
    case adopt = "adopt the single file, load the log"
    /// Load base and increments.
    case log = "load the log"
    /// Cut the torn ends, say how much that was, then load.
    case cutThenLog = "cut the torn ends, load the log"
    /// Do not start: say which file, where, and how to repair it.
    case refuse = "refuse to start"
}

extension RecoveryFindings {
    /// The one outcome of each combination, with the row of the table that says so.
    public var decision: (row: Character, outcome: RecoveryOutcome) {
        guard wantsLog else { return dataDecision(none: ("A", .empty), there: ("B", .snapshot)) }
        switch log {
        case .none: return dataDecision(none: ("C", .empty), there: ("D", .snapshotThenLog))
        case .single: return ("E", .adopt)
        case .headless: return ("F", .refuse)
        case .locked: return ("G", .refuse)
        case .garbled: return ("H", .refuse)
        case .listed: return listedDecision
        }
    }

    /// Without a log the snapshot decides.
    private func dataDecision(
        none: (row: Character, outcome: RecoveryOutcome), there: (row: Character, outcome: RecoveryOutcome)
    ) -> (row: Character, outcome: RecoveryOutcome) {
        switch snapshot {
        case .none: none
        case .there: there
        case .locked: ("O", .refuse)
        }
    }

    private var listedDecision: (row: Character, outcome: RecoveryOutcome) {
        switch (base, increments) {
        case (.missing, _), (_, .missing): ("I", .refuse)
        case (.bad, _): ("J", .refuse)
        case (_, .bad): ("K", .refuse)
        case (_, .torn): loadsTruncated ? ("L", .cutThenLog) : ("M", .refuse)
        case (_, .whole): ("N", .log)
        }
    }
}
