import Durability
import Logging
import Reactor
import Wire

/// What a start, or `coronet check aof`, has found of the append-only file: the facts behind `RecoveryFindings`, and
/// what to say about them.
public struct LogReport: Sendable {
    /// One file of the manifest.
    public struct File: Sendable {
        /// As the manifest has it.
        public let listed: LogManifest.File
        /// Its path.
        public let path: String
        /// Bytes.
        public var size = 0
        /// What it is; nil for a base that is a snapshot, whose reader checks it.
        public var finding: LogInspection.Finding?
        /// Whole records.
        public var records = 0
        /// Whether it has checksums.
        public var hasSums = false
        /// Nothing was written behind it by the same core, so that it may end torn.
        public var mayEndTorn = false
        /// Why it could not be read.
        public var error: DiskError?
    }

    /// What decides.
    public var findings: RecoveryFindings
    /// The manifest, if there is a good one.
    public var manifest = LogManifest()
    /// Its files in order.
    public var files: [File] = []
    /// Files in the folder that it does not name.
    public var unlisted: [String] = []
    /// What is wrong, in sentences.
    public var problems: [String] = []
}

/// Looks at a log.
public struct LogInspector {
    let folder: String
    let names: LogNames
    /// Where the single file of old would be.
    let singlePath: String
    let disk: any Disk
    /// Who is told how far it is.
    private let logger: Logger?

    /// Looks at the log in a folder.
    public init(
        folder: String, names: LogNames, singlePath: String, disk: any Disk, logger: Logger? = nil
    ) {
        self.folder = folder
        self.logger = logger
        self.names = names
        self.singlePath = singlePath
        self.disk = disk
    }

    /// Everything there is to know. Reads all increments.
    public func inspect(
        wantsLog: Bool, loadsTruncated: Bool, snapshot: RecoveryFindings.Snapshot
    ) -> LogReport {
        var report = LogReport(
            findings: RecoveryFindings(
                wantsLog: wantsLog, loadsTruncated: loadsTruncated, snapshot: snapshot, log: .none))
        guard wantsLog else { return report }
        let entries: [DiskEntry]
        do throws(DiskError) {
            entries = try disk.list(folder)
        } catch {
            if error != .notFound {
                report.findings.log = .locked
                report.problems.append("\(folder) cannot be read: \(error)")
            } else {
                lookForSingle(&report)
            }
            return report
        }
        guard entries.contains(where: { $0.name == names.manifest }) else {
            let own = entries.filter { names.isOwn($0.name) && !$0.name.hasPrefix("temp-") && $0.size > 0 }
            report.unlisted = entries.map(\.name).filter(names.isOwn)
            if !own.isEmpty {
                report.findings.log = .headless
                report.problems.append("\(folder) holds \(own[0].name), but there is no \(names.manifest)")
            } else {
                lookForSingle(&report)
            }
            return report
        }
        readManifest(&report)
        guard report.findings.log == .listed else { return report }
        let listed = Set(report.manifest.files.map(\.name))
        report.unlisted = entries.map(\.name).filter { names.isOwn($0) && !listed.contains($0) }
        let bytes = entries.reduce(0) { $0 + (listed.contains($1.name) ? $1.size : 0) }
        inspectFiles(&report, logger.map { InspectionProgress(bytesTotal: bytes, logger: $0) })
        return report
    }

    /// Without a folder, or with an empty one, there may be a log from before logs had one.
    private func lookForSingle(_ report: inout LogReport) {
        do throws(DiskError) {
            _ = try disk.size(singlePath)
            report.findings.log = .single
        } catch {
            if error == .notFound { return }
            report.findings.log = .locked
            report.problems.append("\(singlePath) cannot be looked at: \(error)")
        }
    }

    private func readManifest(_ report: inout LogReport) {
        let path = "\(folder)/\(names.manifest)"
        do throws(DiskError) {
            let bytes = try disk.read(path, from: 0, count: 16 << 20)
            do throws(ManifestError) {
                report.manifest = try LogManifest(parsing: bytes)
                report.findings.log = .listed
            } catch {
                report.findings.log = .garbled
                report.problems.append("\(path): \(error)")
            }
        } catch {
            report.findings.log = .locked
            report.problems.append("\(path) cannot be read: \(error)")
        }
    }

    private func inspectFiles(_ report: inout LogReport, _ progress: InspectionProgress?) {
        let manifest = report.manifest
        if let base = manifest.base {
            let file = inspectBase(base, progress)
            report.files.append(file)
            report.findings.base = file.error == nil ? .there : file.error == .notFound ? .missing : .there
            if let finding = file.finding, finding != .whole { report.findings.base = .bad }
            note(file, &report)
        }
        var increments = manifest.increments.map { inspectIncrement($0, progress) }
        for index in increments.indices {
            increments[index].mayEndTorn = increments[(index + 1)...].allSatisfy { later in
                later.size == 0
                    || (later.listed.core != increments[index].listed.core && later.listed.core != nil
                        && increments[index].listed.core != nil)
            }
        }
        for file in increments {
            note(file, &report)
            judge(file, &report.findings)
        }
        report.files += increments
    }

    private func judge(_ file: LogReport.File, _ findings: inout RecoveryFindings) {
        let state: RecoveryFindings.Increments
        switch file.finding {
        case _ where file.error == .notFound: state = .missing
        case .whole, nil: state = .whole
        case .torn: state = file.mayEndTorn ? .torn : .bad
        case .broken: state = .bad
        }
        // The worst of all files counts.
        let order: [RecoveryFindings.Increments] = [.whole, .torn, .bad, .missing]
        let rank = { (state: RecoveryFindings.Increments) in order.firstIndex(of: state) ?? 0 }
        if rank(state) > rank(findings.increments) { findings.increments = state }
    }

    private func note(_ file: LogReport.File, _ report: inout LogReport) {
        if let error = file.error {
            if error != .notFound { report.findings.log = .locked }
            report.problems.append("\(file.path) cannot be read: \(error)")
        }
        switch file.finding {
        case .torn(let end) where !file.mayEndTorn:
            report.problems.append(
                "\(file.path): the record at offset \(end) is cut off, and later files hold records of the same core"
            )
        case .broken(let offset, let reason):
            report.problems.append("\(file.path): offset \(offset): \(reason)")
        default: break
        }
    }

    private func inspectBase(_ base: LogManifest.File, _ progress: InspectionProgress?) -> LogReport.File {
        var file = LogReport.File(listed: base, path: "\(folder)/\(base.name)")
        do throws(DiskError) {
            file.size = try disk.size(file.path)
            let start = try disk.read(file.path, from: 0, count: 5)
            // A snapshot's own reader checks it, sum included, while it loads.
            if start.starts(with: "REDIS".utf8) {
                progress?.add(file.size)
                return file
            }
        } catch {
            file.error = error
            return file
        }
        return inspectRecords(file, progress)
    }

    private func inspectIncrement(
        _ increment: LogManifest.File, _ progress: InspectionProgress?
    ) -> LogReport.File {
        inspectRecords(LogReport.File(listed: increment, path: "\(folder)/\(increment.name)"), progress)
    }

    /// Bytes read at a time.
    private static let blockBytes = 4 << 20

    func inspectRecords(_ file: LogReport.File, _ progress: InspectionProgress? = nil) -> LogReport.File {
        var file = file
        var inspection = LogInspection()
        var window = ByteBuffer()
        var offset = 0
        var broken: LogInspection.Finding?
        do throws(DiskError) {
            file.size = try disk.size(file.path)
            while true {
                let bytes = try disk.read(file.path, from: offset, count: max(Self.blockBytes, window.count))
                offset += bytes.count
                window.append(bytes)
                if bytes.isEmpty { break }
                progress?.add(bytes.count)
                if broken == nil {
                    let (taken, finding) = inspection.take(window.bytes)
                    window.removePrefix(taken)
                    broken = finding
                }
            }
        } catch {
            file.error = error
            return file
        }
        file.finding = inspection.conclude(rest: window.bytes, broken: broken)
        file.records = inspection.records
        file.hasSums = inspection.hasSums
        return file
    }
}

extension DiskError {
    /// There is nothing of that name.
    static var notFound: DiskError { DiskError(errno: 2) }
}
