import Durability
import Glibc
import Reactor
import Wire

/// What `coronet check rdb` does: looks through a snapshot file, says what it found, and on demand keeps what is whole.
public struct SnapshotCheck: FileCheck {
    private let path: String
    private let size: Int
    private let report: RDBCheck.Report

    /// Nothing is wrong.
    public var isWhole: Bool { report.isWhole }

    /// Looks through a file. Throws a sentence where it cannot be read.
    public init(_ path: String) throws(CheckFailure) {
        self.path = path
        let disk = SystemDisk()
        do throws(DiskError) {
            size = try disk.size(path)
            var check = RDBCheck(fileSize: size)
            while true {
                check.run()
                if check.isDone { break }
                let wanted = check.wanted
                let bytes = try disk.read(path, from: wanted.lowerBound, count: wanted.count)
                // It has become shorter meanwhile.
                if bytes.isEmpty { throw DiskError(errno: EIO) }
                check.take(bytes.span.raw)
            }
            report = check.report
        } catch {
            throw CheckFailure(text: "\(path): \(error)")
        }
    }

    /// What was found, line by line.
    public var lines: [String] {
        var lines = ["\(path): \(size) bytes"]
        if report.version > 0 { lines.append("version \(report.version)") }
        for fact in report.facts { lines.append("\(fact.name): \(fact.value)") }
        lines.append("\(report.keyCount) keys, \(report.expiring) of them expire")
        for (database, keys) in report.keys.sorted(by: { $0.key < $1.key }) {
            lines.append("database \(database): \(keys) keys")
        }
        for (type, keys) in report.types.sorted(by: { $0.key < $1.key }) {
            lines.append("\(RDB.typeName(type) ?? "type \(type)"): \(keys) keys")
        }
        for offset in report.damagedEntries.prefix(20) {
            lines.append("damaged: the entry at offset \(offset) does not unpack")
        }
        if report.damagedEntries.count > 20 {
            lines.append("damaged: \(report.damagedEntries.count - 20) more entries do not unpack")
        }
        if let failure = report.failure {
            lines.append("damaged: at offset \(failure.offset) \(failure.error.sentence)")
        } else if report.isWhole {
            lines.append("whole: every item can be read and the checksum is right")
        }
        return lines
    }

    /// Writes what is whole in the place of the file, which is kept beside it. Says what it did.
    public func fix() throws(CheckFailure) -> [String] {
        if report.isWhole { return ["nothing to repair"] }
        guard report.version > 0 else {
            throw CheckFailure(text: "\(path): nothing of it is whole, nothing has been changed")
        }
        let backup = freeName()
        let temporary = "\(path).fixing-\(getpid())"
        do throws(DiskError) {
            try writeWholeParts(to: temporary)
            guard unsafe link(path, backup) == 0 else { throw DiskError(errno: errno) }
            try SystemDisk().rename(temporary, to: path)
            let folder =
                path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
            try SystemDisk().syncFolder(folder)
        } catch {
            try? SystemDisk().remove(temporary)
            throw CheckFailure(text: "\(path): it could not be repaired: \(error)")
        }
        var lines = ["the file as it was: \(backup)", "\(path): written anew with \(report.keyCount) keys"]
        if case .checksum? = report.failure?.error {
            lines.append("beware: something in it differs from what was saved, without showing where")
        }
        return lines
    }

    /// A name for the backup that nothing has.
    private func freeName() -> String {
        var name = "\(path).backup"
        var number = 1
        while (try? SystemDisk().size(name)) != nil {
            number += 1
            name = "\(path).backup-\(number)"
        }
        return name
    }

    /// The whole parts one after the other, then an end with a checksum of its own.
    private func writeWholeParts(to temporary: String) throws(DiskError) {
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw DiskError(errno: errno) }
        defer { _ = close(descriptor) }
        var sum = CRC64()
        for part in report.wholeParts {
            var offset = part.lowerBound
            while offset < part.upperBound {
                let count = min(1 << 20, part.upperBound - offset)
                let bytes = try SystemDisk().read(path, from: offset, count: count)
                if bytes.isEmpty { throw DiskError(errno: EIO) }
                sum.add(bytes.span.raw)
                try write(bytes, to: descriptor)
                offset += bytes.count
            }
        }
        try write(RDB.end(of: report.version, after: sum), to: descriptor)
        guard fsync(descriptor) == 0 else { throw DiskError(errno: errno) }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws(DiskError) {
        var written = 0
        while written < bytes.count {
            // Unsafe: write reads the rest of the array during the call only.
            let count = unsafe bytes.withUnsafeBytes { memory in
                unsafe Glibc.write(
                    descriptor, memory.baseAddress.map { unsafe $0 + written }, memory.count - written)
            }
            if count < 0, errno != EINTR { throw DiskError(errno: errno) }
            written += max(0, count)
        }
    }
}
