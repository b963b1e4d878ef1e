/// From a file and a command line to a store, as Redis reads them: line by line, the later line wins, the command
/// line comes last.

/// A configuration that cannot be used. One line says where and why.
public struct ConfigError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `redis.conf:12`, or `command line`.
    public let place: String
    /// What is wrong there.
    public let text: String

    /// `redis.conf:12: port: argument must be between 0 and 65535 inclusive`.
    public var description: String { "\(place): \(text)" }
}

/// Reads configuration into a store.
public struct ConfigLoad {
    /// `include` may nest this deep: a file that includes itself is found out here, and open files stay few.
    static let depthMax = 16

    private let files: ConfigFiles
    private var store: SettingsStore
    /// The first `save` line of a load replaces the default; later ones add to it.
    private var sawSave = false

    private init(files: ConfigFiles) {
        self.files = files
        store = SettingsStore()
        store.assume("dir", workingFolder())
    }

    /// The store that a command line asks for.
    public static func run(
        _ line: CommandLineOptions, files: ConfigFiles = .system
    ) throws(ConfigError) -> SettingsStore {
        var load = ConfigLoad(files: files)
        if let path = line.file {
            try load.read(path, place: nil, depth: 0)
            load.store.file = path == "-" ? nil : absolute(path)
        }
        for option in line.options {
            try load.apply(
                [option.name] + option.values, place: "command line", shown: "--" + option.name, depth: 0)
        }
        return load.store
    }

    private static func absolute(_ path: String) -> String {
        path.first == "/" ? path : workingFolder() + "/" + path
    }

    private mutating func read(_ path: String, place: String?, depth: Int) throws(ConfigError) {
        guard depth < ConfigLoad.depthMax else {
            throw ConfigError(
                place: place ?? path, text: "include: nested more than \(ConfigLoad.depthMax) deep")
        }
        let bytes: [UInt8]
        switch files.read(path) {
        case .success(let read): bytes = read
        case .failure(let refusal):
            throw ConfigError(place: place ?? path, text: "can't open config file '\(path)': \(refusal.text)")
        }
        let shownPath = path == "-" ? "standard input" : path
        var number = 0
        for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            number += 1
            guard let first = line.first(where: { !ConfigLine.isSpace($0) }), first != UInt8(ascii: "#")
            else {
                continue
            }
            let place = "\(shownPath):\(number)"
            guard let words = ConfigLine.words(of: Array(line)) else {
                let name = line.split(separator: 32)[0].filter { $0 > 32 && $0 < 127 }
                throw ConfigError(
                    place: place,
                    text: String(decoding: name, as: UTF8.self)
                        + ": Unbalanced quotes in configuration line, or not UTF-8")
            }
            if words.isEmpty || words[0].isEmpty { continue }
            try apply(words, place: place, shown: words[0], depth: depth)
        }
    }

    private mutating func apply(
        _ words: [String], place: String, shown: String, depth: Int
    ) throws(ConfigError) {
        let name = words[0].lowercased()
        let values = Array(words[1...])
        if name == "include" {
            guard values.count == 1 else { throw ConfigError(place: place, text: "\(shown): give one path") }
            return try include(values[0], place: place, depth: depth)
        }
        if let standing = Directive.fileOnly[name] {
            guard case .refused(let reason) = standing else { return }
            throw ConfigError(place: place, text: "\(shown): not supported: \(reason)")
        }
        guard let id = Directive.find(name) else {
            throw ConfigError(place: place, text: "unknown directive '\(shown)'" + ConfigLoad.hint(name))
        }
        let directive = Directive[id]
        do throws(Complaint) {
            let text = try directive.read(values, current: store[id], adding: sawSave)
            try directive.check(text, files: files)
            if case .savePoints = directive.kind { sawSave = true }
            store.take(id, text)
        } catch {
            throw ConfigError(place: place, text: "\(shown): \(error.text)" + ConfigLoad.given(values))
        }
    }

    private mutating func include(_ path: String, place: String, depth: Int) throws(ConfigError) {
        guard path.contains(where: { "*?[".contains($0) }) else {
            return try read(path, place: place, depth: depth + 1)
        }
        for match in files.match(path) { try read(match, place: place, depth: depth + 1) }
    }

    private static func given(_ values: [String]) -> String {
        values.isEmpty ? "" : " (given: \(values.map(ConfigLine.quoted).joined(separator: " ")))"
    }

    /// The nearest name, when a slip of the finger explains the difference.
    private static func hint(_ name: String) -> String {
        let near = Directive.names.map { ($0.name, distance($0.name, name)) }.min { $0.1 < $1.1 }
        guard let near, near.1 <= 2 else { return "" }
        return "; did you mean '\(near.0)'?"
    }

    /// Letters to insert, drop or replace (Levenshtein's distance).
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8.prefix(64))
        var row = Array(0...right.count)
        for (i, a) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let here = min(diagonal + (a == b ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                diagonal = row[j + 1]
                row[j + 1] = here
            }
        }
        return row[right.count]
    }
}

extension Directive {
    /// What only the surroundings can tell about a value, and whether it may be relied on here.
    func check(_ text: String, files: ConfigFiles) throws(Complaint) {
        if case .refused(let reason) = standing, text != defaultText {
            throw Complaint("only the default (\(ConfigLine.quoted(defaultText))) is supported: \(reason)")
        }
        if case .folder = kind, let refusal = files.folderRefusal(text) { throw Complaint(refusal.text) }
    }
}
