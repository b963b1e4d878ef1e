import Glibc

/// The machine's disk, by system calls that block.
public struct SystemDisk: Disk, Sendable {
    /// The machine's disk.
    public init() {}

    /// What a folder holds, by name.
    public func list(_ folder: String) throws(DiskError) -> [DiskEntry] {
        guard let stream = unsafe opendir(folder) else { throw .current }
        defer { unsafe closedir(stream) }
        var entries: [DiskEntry] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            var facts = stat()
            // One that has gone meanwhile is not there.
            guard unsafe stat("\(folder)/\(name)", &facts) == 0 else { continue }
            let isFolder = facts.st_mode & S_IFMT == S_IFDIR
            entries.append(DiskEntry(name: name, size: isFolder ? 0 : Int(facts.st_size), isFolder: isFolder))
            errno = 0
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// The size of a file.
    public func size(_ path: String) throws(DiskError) -> Int {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { throw .current }
        return Int(facts.st_size)
    }

    /// Up to `count` bytes from `offset`.
    public func read(_ path: String, from offset: Int, count: Int) throws(DiskError) -> [UInt8] {
        let file = try open(path, O_RDONLY)
        defer { _ = Glibc.close(file) }
        var failure: DiskError?
        // Not more memory than there are bytes.
        let most = min(count, max(0, (try size(path)) - offset))
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: most) { memory, filled in
            while filled < most {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(memory)[filled...])
                let got = unsafe pread(file, rest.baseAddress, rest.count, off_t(offset + filled))
                if got > 0 { filled += got; continue }
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = .current }
                break
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Up to `bytes.byteCount` bytes from `offset`, into memory that is there. Answers how many; fewer only at the end.
    public func read(_ path: String, from offset: Int, into bytes: inout MutableRawSpan) throws(DiskError)
        -> Int
    {
        let file = try open(path, O_RDONLY)
        defer { _ = Glibc.close(file) }
        var filled = 0
        while filled < bytes.byteCount {
            // Unsafe: the call writes at most the rest of the span.
            let got = unsafe bytes.withUnsafeMutableBytes { memory in
                unsafe pread(
                    file, memory.baseAddress.map { unsafe $0 + filled }, memory.count - filled,
                    off_t(offset + filled))
            }
            if got > 0 { filled += got; continue }
            if got < 0, errno == EINTR { continue }
            if got < 0 { throw .current }
            break
        }
        return filled
    }

    /// Writes a file whole and puts its bytes on the disk.
    public func write(_ path: String, _ bytes: [UInt8]) throws(DiskError) {
        let file = try open(path, O_WRONLY | O_CREAT | O_TRUNC)
        defer { _ = Glibc.close(file) }
        try writeAll(bytes, at: 0, to: file)
        guard fsync(file) == 0 else { throw .current }
    }

    /// Writes and commits at an offset.
    public func commit(
        _ path: String, _ bytes: [UInt8], at offset: Int, durable: Bool
    ) throws(DiskError) {
        let file = try open(path, O_WRONLY | O_CREAT | (durable ? O_DSYNC : 0))
        defer { _ = Glibc.close(file) }
        try writeAll(bytes, at: offset, to: file)
        guard durable || fdatasync(file) == 0 else { throw .current }
    }

    private func writeAll(_ bytes: [UInt8], at offset: Int, to file: Int32) throws(DiskError) {
        var written = 0
        while written < bytes.count {
            let got = unsafe bytes.withUnsafeBytes { memory in
                unsafe pwrite(
                    file, memory.baseAddress.map { unsafe $0 + written }, memory.count - written,
                    off_t(offset + written))
            }
            if got > 0 {
                written += got
            } else if got == 0 {
                throw DiskError(errno: EIO)
            } else if errno != EINTR {
                throw .current
            }
        }
    }

    /// Cuts a file and puts that on the disk.
    public func truncate(_ path: String, to size: Int) throws(DiskError) {
        let file = try open(path, O_WRONLY)
        defer { _ = Glibc.close(file) }
        guard ftruncate(file, off_t(size)) == 0, fsync(file) == 0 else { throw .current }
    }

    /// rename(2).
    public func rename(_ path: String, to newPath: String) throws(DiskError) {
        guard unsafe Glibc.rename(path, newPath) == 0 else { throw .current }
    }

    /// unlink(2).
    public func remove(_ path: String) throws(DiskError) {
        guard unsafe unlink(path) == 0 else { throw .current }
    }

    /// mkdir(2) with Redis's mode, 0755.
    public func makeFolder(_ path: String) throws(DiskError) {
        guard unsafe mkdir(path, 0o755) != 0, errno != EEXIST else { return }
        throw .current
    }

    /// statvfs(3).
    public func freeBytes(in folder: String) throws(DiskError) -> Int {
        var facts = statvfs()
        guard unsafe statvfs(folder, &facts) == 0 else { throw .current }
        return Int(clamping: facts.f_bavail.multipliedReportingOverflow(by: facts.f_frsize).partialValue)
    }

    /// fsync(2) of a folder.
    public func syncFolder(_ path: String) throws(DiskError) {
        let folder = try open(path, O_RDONLY | O_DIRECTORY)
        defer { _ = Glibc.close(folder) }
        // Some file systems cannot sync a folder and say EINVAL: then there is nothing to be done for it.
        guard fsync(folder) != 0, errno != EINVAL else { return }
        throw .current
    }

    private func open(_ path: String, _ flags: Int32) throws(DiskError) -> Int32 {
        let file = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .current }
        return file
    }
}

extension DiskError {
    /// What the last call of this thread said.
    static var current: DiskError { DiskError(errno: Glibc.errno) }
}
