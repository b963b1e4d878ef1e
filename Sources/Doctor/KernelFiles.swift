import Node

/// The kernel's small files under a root folder: `/` for this machine, another folder for a made-up one.
struct KernelFiles {
    /// Without a slash at its end; empty for this machine.
    let root: String
    private let files = ConfigFiles.system

    init(root: String) {
        self.root = root.last == "/" ? String(root.dropLast()) : root
    }

    /// A file's text without the last newline; nil when it is not there or not ours to read.
    func text(_ path: String) -> String? {
        guard case .success(let bytes) = files.read(root + path) else { return nil }
        return String(decoding: bytes.last == 10 ? bytes[..<(bytes.count - 1)] : bytes[...], as: UTF8.self)
    }

    /// The lines of a file; none when it is not there.
    func lines(_ path: String) -> [Substring] { (text(path) ?? "").split(separator: "\n") }

    /// A file that holds one whole number.
    func number(_ path: String) -> Int? { text(path).flatMap { Int($0.filter { $0 != " " && $0 != "\t" }) } }

    /// What stands behind `name:` in a file of such lines, spaces trimmed.
    func field(_ name: String, of path: String) -> String? {
        guard let line = lines(path).first(where: { $0.hasPrefix(name + ":") }) else { return nil }
        return words(line.dropFirst(name.count + 1)).joined(separator: " ")
    }

    /// A field in kibibytes, as bytes.
    func kibibytes(_ name: String, of path: String) -> UInt64? {
        field(name, of: path).flatMap { $0.split(separator: " ").first }.flatMap { UInt64($0) }.map {
            $0 << 10
        }
    }

    /// A list of CPUs.
    func cpus(_ path: String) -> [Int]? { text(path).flatMap(CPUList.parse) }

    /// The paths that match a shell pattern, without the root.
    func match(_ pattern: String) -> [String] {
        files.match(root + pattern).map { String($0.dropFirst(root.count)) }
    }
}

/// The words of a line, whatever blanks stand between them.
func words(_ line: Substring) -> [Substring] { line.split { $0 == " " || $0 == "\t" } }
