import Glibc

/// The file system as configuration needs it: a value, so that tests bring their own.
public struct ConfigFiles: Sendable {
    /// Why the file system said no.
    public struct Refusal: Error, Equatable, Sendable {
        /// The operating system's words: `No such file or directory`.
        public let text: String
    }

    /// A file's bytes. The path `-` is standard input.
    public var read: @Sendable (_ path: String) -> Result<[UInt8], Refusal>
    /// The paths that match a shell pattern, sorted.
    public var match: @Sendable (_ pattern: String) -> [String]
    /// Nil when the path is a folder one can enter; else why not.
    var folderRefusal: @Sendable (_ path: String) -> Refusal?
    /// Puts bytes in the place of a file, all or nothing, lasting.
    var replace: @Sendable (_ path: String, _ bytes: [UInt8]) -> Result<Void, Refusal>

    /// The real file system.
    public static let system = ConfigFiles(
        read: systemRead, match: systemMatch, folderRefusal: systemFolderRefusal, replace: systemReplace)
}

// Every `unsafe` in this file hands a Swift string or array to one system call that neither keeps the pointer nor
// reads beyond the count given with it.

extension ConfigFiles.Refusal {
    /// What an errno means; without one, the last call's.
    static func last(_ code: Int32 = errno) -> Self {
        var text = [CChar](repeating: 0, count: 128)
        // The POSIX variant: it fills the buffer and always ends it with a zero.
        guard unsafe strerror_r(code, &text, text.count) == 0 else { return Self(text: "error \(code)") }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return Self(text: String(decoding: bytes, as: UTF8.self))
    }
}

private func systemRead(_ path: String) -> Result<[UInt8], ConfigFiles.Refusal> {
    let file = path == "-" ? dup(0) : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return .failure(.last()) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = unsafe Glibc.read(file, &chunk, chunk.count)
        if count == 0 { return .success(bytes) }
        if count < 0 {
            if errno == EINTR { continue }
            return .failure(.last())
        }
        bytes += chunk[..<count]
    }
}

private func systemMatch(_ pattern: String) -> [String] {
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    guard unsafe glob(pattern, 0, nil, &found) == 0 else { return [] }
    var paths: [String] = []
    for index in 0..<Int(unsafe found.gl_pathc) {
        if let path = unsafe found.gl_pathv[index] { paths.append(unsafe String(cString: path)) }
    }
    return paths
}

private func systemFolderRefusal(_ path: String) -> ConfigFiles.Refusal? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return .last() }
    guard status.st_mode & S_IFMT == S_IFDIR else { return .last(ENOTDIR) }
    return unsafe access(path, X_OK) == 0 ? nil : .last()
}

/// Writes beside the file, forces that to disk, renames it into place, forces the folder to disk: whoever reads the
/// path sees the old bytes or the new ones, also after a power cut.
private func systemReplace(_ path: String, _ bytes: [UInt8]) -> Result<Void, ConfigFiles.Refusal> {
    let temporary = path + ".\(getpid()).new"
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var status = stat()
    let mode = unsafe stat(path, &status) == 0 ? status.st_mode & 0o777 : 0o644
    let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { return .failure(.last()) }
    var problem: Int32 = 0
    var written = 0
    while problem == 0 && written < bytes.count {
        let count = unsafe bytes[written...].withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
        if count >= 0 { written += count } else if errno != EINTR { problem = errno }
    }
    if problem == 0 && (fchmod(file, mode) != 0 || fsync(file) != 0) { problem = errno }
    if close(file) != 0 && problem == 0 { problem = errno }
    if problem == 0 && (unsafe rename(temporary, path)) != 0 { problem = errno }
    guard problem == 0 else {
        _ = unsafe unlink(temporary)
        return .failure(.last(problem))
    }
    let parent = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if parent >= 0 {
        _ = fsync(parent)
        close(parent)
    }
    return .success(())
}

/// The folder this process works in.
public func workingFolder() -> String {
    guard let path = unsafe getcwd(nil, 0) else { return "." }
    // getcwd allocated it for us.
    defer { unsafe free(path) }
    return unsafe String(cString: path)
}
