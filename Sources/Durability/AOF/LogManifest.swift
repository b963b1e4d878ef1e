import Wire

/// The list of files that make up the data: Redis 7's manifest, read and written as redis-server does.
///
///     file appendonly.aof.4.base.rdb seq 4 type b
///     file appendonly.aof.7.incr.aof seq 7 type i core 0 cores 2
///     file appendonly.aof.8.incr.aof seq 8 type i core 1 cores 2
///
/// The base first, then the increments in their order. `core` and `cores` are ours (redis-server ignores pairs that it
/// does not know): the increments of one run 0, 1, ... cores - 1 are one generation, written side by side. Only files
/// of the last generation may end in the middle of a record.
public struct LogManifest: Equatable, Sendable {
    /// What a file is for.
    public enum Kind: String, Sendable {
        /// The data as it was once.
        case base = "b"
        /// What happened since.
        case increment = "i"
        /// Replaced; to be removed.
        case history = "h"
    }

    /// One line.
    public struct File: Equatable, Sendable {
        /// The name in the folder of the manifest.
        public var name: String
        /// Counts up with each file of its kind.
        public var sequence: Int64
        /// What it is for.
        public var kind: Kind
        /// Which core of how many writes it; nil for a base, and for what redis-server wrote.
        public var core: Int?
        /// See `core`.
        public var cores: Int?

        /// One line.
        public init(name: String, sequence: Int64, kind: Kind, core: Int? = nil, cores: Int? = nil) {
            self.name = name
            self.sequence = sequence
            self.kind = kind
            self.core = core
            self.cores = cores
        }
    }

    /// The data as it was once; nil: it began empty.
    public var base: File?
    /// Replaced files that could not be removed yet.
    public var history: [File] = []
    /// What happened since, in the order in which it is to be repeated.
    public var increments: [File] = []

    /// No files.
    public init() {}

    /// The longest line that redis-server reads.
    static let lineMax = 1024

    // MARK: Reading

    /// Reads a manifest.
    public init(parsing bytes: [UInt8]) throws(ManifestError) {
        guard !bytes.isEmpty else { throw ManifestError(line: 1, problem: .empty) }
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            // What follows the last line end is no line.
            if line.isEmpty, line.endIndex == bytes.endIndex { break }
            guard line.count < Self.lineMax, line.endIndex < bytes.endIndex else {
                throw ManifestError(line: number, problem: .tooLong)
            }
            if line.first == UInt8(ascii: "#") { continue }
            try take(Self.file(line, number), number)
        }
    }

    private mutating func take(_ file: File, _ number: Int) throws(ManifestError) {
        switch file.kind {
        case .base:
            guard base == nil else { throw ManifestError(line: number, problem: .secondBase) }
            base = file
        case .history: history.append(file)
        case .increment:
            guard file.sequence > increments.last?.sequence ?? 0 else {
                throw ManifestError(line: number, problem: .sequence)
            }
            increments.append(file)
        }
    }

    private static func file(_ line: ArraySlice<UInt8>, _ number: Int) throws(ManifestError) -> File {
        let malformed = ManifestError(line: number, problem: .malformed)
        guard let words = InlineSplitter.split(line.span.raw), words.count >= 6, words.count % 2 == 0 else {
            throw malformed
        }
        var file = File(name: "", sequence: 0, kind: .base)
        var hasKind = false
        for index in stride(from: 0, to: words.count, by: 2) {
            let value = words[index + 1]
            switch String(decoding: words[index], as: UTF8.self).lowercased() {
            case "file":
                file.name = String(decoding: value, as: UTF8.self)
                guard !file.name.utf8.contains(UInt8(ascii: "/")) else {
                    throw ManifestError(line: number, problem: .path)
                }
            case "seq": file.sequence = Decimal.parse(value.span.raw) ?? 0
            case "type":
                guard let kind = Kind(rawValue: String(decoding: value, as: UTF8.self)) else {
                    throw ManifestError(line: number, problem: .kind)
                }
                file.kind = kind
                hasKind = true
            case "core": file.core = Decimal.parse(value.span.raw).flatMap { Int(exactly: $0) }
            case "cores": file.cores = Decimal.parse(value.span.raw).flatMap { Int(exactly: $0) }
            default: continue
            }
        }
        guard !file.name.isEmpty, file.sequence > 0, hasKind else { throw malformed }
        return file
    }

    // MARK: Writing

    /// The manifest's bytes.
    public var bytes: [UInt8] {
        let files = [base].compactMap { $0 } + history + increments
        return files.flatMap { Array($0.line.utf8) }
    }

    // MARK: Questions

    /// Every file named, in the order of `bytes`.
    public var files: [File] { [base].compactMap { $0 } + history + increments }

    /// The greatest sequence number of an increment; 0 if there is none.
    public var lastSequence: Int64 { increments.last?.sequence ?? 0 }

    /// Where the last generation begins among the increments: files before may not end torn.
    public var lastGeneration: Int {
        var start = increments.count - 1
        while start > 0, let core = increments[start].core, core > 0,
            increments[start - 1].core == core - 1, increments[start - 1].cores == increments[start].cores
        {
            start -= 1
        }
        return max(start, 0)
    }

    /// How many generations of increments there are.
    public var generationCount: Int { increments.count { ($0.core ?? 0) == 0 } }
}

extension LogManifest.File {
    /// Its line. Names that a splitter would cut are quoted.
    var line: String {
        var line = "file \(Self.quoted(name)) seq \(sequence) type \(kind.rawValue)"
        if let core, let cores { line += " core \(core) cores \(cores)" }
        return line + "\n"
    }

    private static func quoted(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'")
                && byte != UInt8(ascii: "\\")
        }
        if isPlain { return name }
        var text = "\""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text += "\\" + String(UnicodeScalar(byte))
            case 0x20...0x7E: text += String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16)
                text += "\\x" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text + "\""
    }
}

/// Why a manifest cannot be read.
public struct ManifestError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: String, Sendable {
        /// No lines.
        case empty = "it is empty"
        /// A line beyond what redis-server reads, or without its end.
        case tooLong = "a line is too long or has no end"
        /// Not pairs of words, or one that must be there is not.
        case malformed = "a line is malformed"
        /// A file elsewhere.
        case path = "a file is named by a path"
        /// A type other than b, i, h.
        case kind = "a file has an unknown type"
        /// Two bases.
        case secondBase = "there are two bases"
        /// Increments out of order.
        case sequence = "sequence numbers do not count up"
    }

    /// From 1.
    public var line: Int
    /// What is wrong.
    public var problem: Problem

    /// In words.
    public var description: String { "line \(line): \(problem.rawValue)" }
}

/// The names in the log's folder, as redis-server makes them.
public struct LogNames: Equatable, Sendable {
    /// `appendfilename`.
    public var stem: String

    /// Names that begin so.
    public init(stem: String) { self.stem = stem }

    /// The list of files.
    public var manifest: String { stem + ".manifest" }
    /// The list while it is being replaced.
    public var temporaryManifest: String { "temp-" + manifest }

    /// A base, as a snapshot or as records.
    public func base(_ sequence: Int64, isSnapshot: Bool) -> String {
        "\(stem).\(sequence).base.\(isSnapshot ? "rdb" : "aof")"
    }

    /// A base while it is being written.
    public func temporaryBase(_ sequence: Int64) -> String { "temp-\(stem).\(sequence).base" }

    /// The file that commits are tried in.
    public var temporaryProbe: String { "temp-\(stem).probe" }

    /// An increment.
    public func increment(_ sequence: Int64) -> String { "\(stem).\(sequence).incr.aof" }

    /// Whether a name is one that `base` or `increment` make, of any number.
    public func isNumbered(_ name: String) -> Bool {
        guard name.hasPrefix(stem + ".") else { return false }
        let parts = name.dropFirst(stem.count + 1).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.allSatisfy({ 48...57 ~= $0 }), !parts[0].isEmpty else {
            return false
        }
        return parts[1...] == ["incr", "aof"] || parts[1...] == ["base", "rdb"]
            || parts[1...] == ["base", "aof"]
    }

    /// Whether a file in the folder is one of ours that no manifest needs once it is not listed.
    public func isOwn(_ name: String) -> Bool {
        name.hasPrefix("temp-" + stem) || (name.hasPrefix(stem + ".") && name != manifest)
    }
}
