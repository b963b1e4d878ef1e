/// One name in a folder.
public struct DiskEntry: Equatable, Sendable {
    /// The name, without the folder.
    public var name: String
    /// Bytes; 0 for a folder.
    public var size: Int
    /// Whether it is a folder.
    public var isFolder: Bool

    /// A name in a folder.
    public init(name: String, size: Int, isFolder: Bool) {
        self.name = name
        self.size = size
        self.isFolder = isFolder
    }
}

/// An errno value as an error.
public struct DiskError: Error, Equatable, Sendable, CustomStringConvertible {
    /// As in errno.h.
    public var errno: Int32

    /// An errno value.
    public init(errno: Int32) { self.errno = errno }

    /// In words.
    public var description: String { errorName(errno) }
}

/// Steps on files that block: for start, stop and control paths. Each either happens or throws its errno value.
public protocol Disk: Sendable {
    /// What a folder holds, by name.
    func list(_ folder: String) throws(DiskError) -> [DiskEntry]
    /// The size of a file.
    func size(_ path: String) throws(DiskError) -> Int
    /// Up to `count` bytes from `offset`; fewer only at the end.
    func read(_ path: String, from offset: Int, count: Int) throws(DiskError) -> [UInt8]
    /// Writes a new file, or over an old one, and puts its bytes on the disk; not yet its name.
    func write(_ path: String, _ bytes: [UInt8]) throws(DiskError)
    /// Writes at an offset of a file, made if it is not there, and puts the bytes on the disk: with `durable` by one
    /// O_DSYNC write, else by a write and an fdatasync. For finding out what that takes.
    func commit(_ path: String, _ bytes: [UInt8], at offset: Int, durable: Bool) throws(DiskError)
    /// Cuts a file, and puts that on the disk.
    func truncate(_ path: String, to size: Int) throws(DiskError)
    /// Gives a file another name, replacing what has it; on the disk after `syncFolder`.
    func rename(_ path: String, to newPath: String) throws(DiskError)
    /// Removes a file; on the disk after `syncFolder`.
    func remove(_ path: String) throws(DiskError)
    /// Makes a folder; one that is there is no error.
    func makeFolder(_ path: String) throws(DiskError)
    /// Bytes that may still be written in a folder, by somebody without privileges.
    func freeBytes(in folder: String) throws(DiskError) -> Int
    /// Puts the names of a folder on the disk.
    func syncFolder(_ path: String) throws(DiskError)
}
