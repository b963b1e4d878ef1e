import Durability
import Reactor

/// What `coronet check aof` does: looks through a log, says what it found, and on demand cuts what is behind a damage.
public struct LogCheck: FileCheck {
    private let files: [LogReport.File]
    private let report: LogReport?
    private let disk = SystemDisk()

    /// Looks through the log of a manifest, or one file. Throws a sentence where there is nothing to look at.
    public init(_ path: String) throws(CheckFailure) {
        do throws(DiskError) {
            _ = try disk.size(path)
        } catch {
            throw CheckFailure(text: "\(path): \(error)")
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let folder = path.hasSuffix("/" + name) ? String(path.dropLast(name.utf8.count + 1)) : "."
        guard name.hasSuffix(".manifest") else {
            let inspector = LogInspector(
                folder: folder, names: LogNames(stem: name), singlePath: path, disk: disk)
            var file = inspector.inspectRecords(
                LogReport.File(
                    listed: LogManifest.File(name: name, sequence: 1, kind: .increment), path: path))
            file.mayEndTorn = true
            (files, report) = ([file], nil)
            return
        }
        let inspector = LogInspector(
            folder: folder, names: LogNames(stem: String(name.dropLast(".manifest".utf8.count))),
            singlePath: "", disk: disk)
        let found = inspector.inspect(wantsLog: true, loadsTruncated: true, snapshot: .none)
        (files, report) = (found.files, found)
    }

    /// Nothing is wrong, torn ends included.
    public var isWhole: Bool {
        if let report, report.findings.log != .listed { return false }
        return files.allSatisfy { $0.error == nil && ($0.finding ?? .whole) == .whole }
    }

    /// What was found, line by line.
    public var lines: [String] {
        var lines = files.map(Self.line)
        if let report {
            lines += report.problems.filter { problem in !files.contains { problem.hasPrefix($0.path) } }
            for name in report.unlisted { lines.append("\(name): not in the manifest, never loaded") }
        }
        lines.append(isWhole ? "whole" : "damaged")
        return lines
    }

    private static func line(_ file: LogReport.File) -> String {
        if let error = file.error { return "\(file.path): \(error)" }
        let facts =
            "\(file.size) bytes, \(file.records) records, \(file.hasSums ? "with" : "without") checksums"
        switch file.finding {
        case nil: return "\(file.path): \(file.size) bytes, a snapshot: coronet check rdb \(file.path)"
        case .whole: return "\(file.path): \(facts): whole"
        case .torn(let end):
            let place = file.mayEndTorn ? "at its end" : "though later files hold records of the same core"
            return "\(file.path): \(facts): the record at offset \(end) is cut off, \(place)"
        case .broken(let offset, let reason): return "\(file.path): \(facts): offset \(offset): \(reason)"
        }
    }

    /// Cuts each damaged file behind its last whole record before the damage; the files as they were stay beside them.
    /// Says what it did.
    public func fix() throws(CheckFailure) -> [String] {
        if isWhole { return ["nothing to repair"] }
        if let report, report.findings.log != .listed {
            throw CheckFailure(text: "the manifest cannot be repaired: bring it back from a copy")
        }
        if let file = files.first(where: { $0.error != nil }) {
            throw CheckFailure(text: "\(file.path) cannot be repaired: bring it back from a copy")
        }
        var lines: [String] = []
        for file in files {
            let end: Int
            switch file.finding {
            case .torn(let whole): end = whole
            case .broken(let offset, _): end = offset
            case .whole, nil: continue
            }
            lines += try cut(file, to: end)
        }
        return lines
    }

    private func cut(_ file: LogReport.File, to end: Int) throws(CheckFailure) -> [String] {
        do throws(DiskError) {
            let backup = freeName(beside: file.path)
            try copy(file, to: backup)
            try disk.truncate(file.path, to: end)
            return [
                "the file as it was: \(backup)",
                "\(file.path): cut from \(file.size) to \(end) bytes",
            ]
        } catch {
            throw CheckFailure(text: "\(file.path): it could not be repaired: \(error)")
        }
    }

    private func copy(_ file: LogReport.File, to backup: String) throws(DiskError) {
        // A repair is rare and an increment no larger than what a rewrite allows; it is read whole.
        try disk.write(backup, try disk.read(file.path, from: 0, count: file.size))
    }

    private func freeName(beside path: String) -> String {
        var name = "\(path).backup"
        var number = 1
        while (try? disk.size(name)) != nil {
            number += 1
            name = "\(path).backup-\(number)"
        }
        return name
    }
}
