import Foundation

/// One source file, read once.
struct SourceFile {
    /// From the repository's root: `Sources/Wire/Slot.swift`.
    let path: String
    let text: String
    /// The text with comments and string contents blanked out, line by line: what the compiler acts on.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = CodeStripper.lines(text)
    }

    /// The module it belongs to: the folder under Sources.
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    /// Its path inside its module.
    var pathInModule: String { path.split(separator: "/").dropFirst(2).joined(separator: "/") }

    /// Where a pattern occurs in code: `Sources/Wire/Slot.swift:12`.
    func places(of pattern: Regex<Substring>) -> [String] {
        // A simple word ends before a full stop; a Unicode word need not.
        let pattern = pattern.wordBoundaryKind(.simple)
        return code.enumerated().compactMap { index, line in
            line.contains(pattern) ? "\(path):\(index + 1)" : nil
        }
    }
}

/// The repository as the rules see it.
struct SourceTree {
    var sources: [SourceFile]
    var others: [String: String]

    /// The repository this file lies in.
    static let repository: SourceTree = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return SourceTree(
            sources: files(under: root.appending(path: "Sources"), root: root) { $0.hasSuffix(".swift") }
                .map { SourceFile(path: $0.path, text: $0.text) },
            others: Dictionary(
                uniqueKeysWithValues: ["Tests", "perf"].flatMap { folder in
                    files(under: root.appending(path: folder), root: root) { path in
                        [".swift", ".txt", ".py"].contains { path.hasSuffix($0) }
                    }
                }.map { ($0.path, $0.text) }))
    }()

    private static func files(
        under folder: URL, root: URL, where isWanted: (String) -> Bool
    ) -> [(path: String, text: String)] {
        guard let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else {
            return []
        }
        return found.compactMap { $0 as? URL }.filter { isWanted($0.path) }.sorted { $0.path < $1.path }
            .compactMap { url in
                guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
                return (
                    String(url.path.dropFirst(root.path.count + (root.path.hasSuffix("/") ? 0 : 1))), text
                )
            }
    }
}

/// Blanks comments and the contents of strings, keeping lines and columns. Code inside `\( )` is blanked as well.
enum CodeStripper {
    private enum State: Equatable {
        case code, lineComment, blockComment(Int), string(hashes: Int, long: Bool)
    }

    static func lines(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var state = State.code
        var index = 0
        func starts(_ word: String) -> Bool { bytes[index...].starts(with: word.utf8) }
        while index < bytes.count {
            let byte = bytes[index]
            var step = 1
            var isKept = byte == 10
            switch state {
            case .code:
                // Most bytes begin nothing; a debug build must not look at each of them three times.
                let isPlain =
                    byte != UInt8(ascii: "/") && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "#")
                if isPlain {
                    isKept = true
                } else if starts("//") {
                    state = .lineComment
                } else if starts("/*") {
                    state = .blockComment(1)
                    step = 2
                } else if let (hashes, long) = opening(bytes, index) {
                    state = .string(hashes: hashes, long: long)
                    step = hashes + (long ? 3 : 1)
                } else {
                    isKept = true
                }
            case .lineComment:
                if byte == 10 { state = .code }
            case .blockComment(let depth):
                if starts("/*") {
                    state = .blockComment(depth + 1)
                    step = 2
                } else if starts("*/") {
                    state = depth == 1 ? .code : .blockComment(depth - 1)
                    step = 2
                }
            case .string(0, _) where byte != UInt8(ascii: "\\") && byte != UInt8(ascii: "\""): break
            case .string(let hashes, let long):
                let close =
                    String(repeating: "\"", count: long ? 3 : 1) + String(repeating: "#", count: hashes)
                if hashes == 0 && byte == UInt8(ascii: "\\") {
                    step = 2
                } else if starts(close) {
                    state = .code
                    step = close.utf8.count
                }
            }
            for offset in 0..<min(step, bytes.count - index) {
                out.append(isKept || bytes[index + offset] == 10 ? bytes[index + offset] : 32)
            }
            index += step
        }
        return String(decoding: out, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    /// Whether a string literal starts here: its number of `#`, and whether it has three quotes.
    private static func opening(_ bytes: [UInt8], _ index: Int) -> (hashes: Int, long: Bool)? {
        let hashes = bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
        let rest = bytes[(index + hashes)...]
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        return (hashes, rest.starts(with: "\"\"\"".utf8))
    }
}
