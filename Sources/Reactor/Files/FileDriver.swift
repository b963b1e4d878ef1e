/// A file that one ring has opened: a dense slot, reused after `.fileClosed`, and a generation.
public struct FileID: Equatable, Hashable, Sendable {
    /// Index into per-file arrays.
    public var slot: UInt32
    /// 24 bits, counted up at each reuse of the slot.
    public var generation: UInt32

    /// A file's name. Rings hand them out; tests may forge them.
    @inlinable
    public init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    /// No file.
    @inlinable public static var none: FileID { FileID(slot: .max, generation: 0) }
}

/// What a file is opened for.
public enum FileMode: Sendable {
    /// Read what is there.
    case read
    /// Write, made if it is not there; what it holds stays.
    case write
    /// Write anew: made if it is not there, emptied if it is.
    case replace
    /// Write anew: it must not be there (EEXIST).
    case create
}

/// Writes past the page cache (O_DIRECT).
public enum DirectWrite {
    /// What memory, offset and length are multiples of: at least as much as any disk asks for.
    public static let alignment = 4096
}

/// What becomes of the bytes of a write.
public enum WriteManner: Sendable {
    /// They are in the page cache; the kernel writes them when it likes.
    case cached
    /// They are on the disk when the event comes (O_DSYNC for this one write).
    case durable
    /// Nobody will read them soon: they go to the disk at once, though nobody waits for it, and leave the page cache
    /// when they are there. Where the kernel does not know how (before 6.14, some file systems), as `cached`.
    case passing
}

/// What a core's loop knows of files. All of it but `writeNow` is asked for like a send: it reaches the kernel with
/// the next turn and ends with exactly one event, which carries the file, the caller's tag and the outcome.
///
/// - Operations on one file may overtake each other; who needs an order waits for the event.
/// - A write or read that the kernel cuts short is continued inside; so is one that a signal interrupted.
/// - Memory that is lent stays as it is until the event.
/// - Rare steps of a control path (truncate, the switch of a manifest) are calls of `disk` that block: they come a few
///   times an hour, and have to follow each other anyway. What may take long, as the removal of a large file or a new
///   name while the journal is being written, goes through the ring.
public protocol FileDriver: ~Copyable {
    /// Opens a file; `.fileOpened` says whether it worked. Only then may the file be used.
    /// - Parameter isDirect: its writes go past the page cache (O_DIRECT), as long as memory, offset and length of each
    ///   are multiples of `DirectWrite.alignment`. The first that is not, and a file system that does not know how, end that
    ///   for the file: it is written like any other from then on.
    mutating func openFile(_ path: String, _ mode: FileMode, isDirect: Bool) -> FileID

    /// Has the file reach to `end`, with blocks of its own; what is new reads as zeros. `.fileAllocated`; where it fails
    /// the file may have grown in part. A direct write that does not make its file longer needs no worker thread.
    mutating func allocate(_ file: FileID, upTo end: Int64)

    /// Has the kernel begin to put these bytes on the disk, so that a sync finds less to do. A hint, without event.
    mutating func beginWriteback(_ file: FileID, from offset: Int64, count: Int64)

    /// What is on the disk of these bytes need not stay in the page cache: nobody will read it soon. A hint, without event.
    mutating func uncache(_ file: FileID, from offset: Int64, count: Int64)

    /// Cuts the file to `length`; `.fileCut`.
    mutating func cut(_ file: FileID, to length: Int64)

    /// Writes all of `bytes` at `offset`; `.fileWritten`. Bytes that lie in a region of `registerFileBuffers` are not
    /// mapped again.
    mutating func write(
        _ file: FileID, _ bytes: UnsafeRawBufferPointer, at offset: Int64, tag: UInt16, _ manner: WriteManner)

    /// Writes now, in this call: for the page cache of a disk that is not known to be slow, where a hand-over to
    /// another thread would cost more than the write. May write less than asked for.
    /// - Returns: bytes written, or a negative errno.
    mutating func writeNow(_ file: FileID, _ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int

    /// Reads up to `bytes.count` bytes from `offset`; `.fileRead` with how many there were before the end.
    mutating func read(
        _ file: FileID, into bytes: UnsafeMutableRawBufferPointer, at offset: Int64, tag: UInt16)

    /// Puts what was written before on the disk; `.fileSynced`. `dataOnly` leaves out times (fdatasync).
    /// A failure is final: the kernel may have dropped what it could not write, and a later sync would not say so.
    mutating func sync(_ file: FileID, dataOnly: Bool, tag: UInt16)

    /// Closes once what is under way has ended; `.fileClosed`.
    mutating func closeFile(_ file: FileID)

    /// Gives a file another name, replacing what has it; `.fileRenamed`. On the disk after the folder's sync.
    /// - Returns: what the event carries. It names no open file.
    mutating func renameFile(_ path: String, to newPath: String) -> FileID

    /// Removes a file; `.fileRemoved`. The kernel gives its blocks back before the event comes, meanwhile the loop goes on.
    /// - Returns: what the event carries. It names no open file.
    mutating func removeFile(_ path: String) -> FileID

    /// Registers memory that later writes come from: one set at a time. It stays in place until
    /// `unregisterFileBuffers`. 0, or an errno value (ENOMEM: the locked-memory limit); plain writes work all the same.
    mutating func registerFileBuffers(_ regions: [UnsafeRawBufferPointer]) -> Int32

    /// Ends what `registerFileBuffers` began; no write from there may be under way.
    mutating func unregisterFileBuffers()

    /// The disk behind the files, for steps that are rare and may block.
    var disk: any Disk { get }
}

extension FileDriver where Self: ~Copyable {
    /// Opens a file that goes through the page cache.
    public mutating func openFile(_ path: String, _ mode: FileMode) -> FileID {
        openFile(path, mode, isDirect: false)
    }

    /// Writes all of `bytes` at `offset`, into the page cache or onto the disk.
    public mutating func write(
        _ file: FileID, _ bytes: UnsafeRawBufferPointer, at offset: Int64, tag: UInt16, durable: Bool
    ) {
        unsafe write(file, bytes, at: offset, tag: tag, durable ? .durable : .cached)
    }
}

extension Event {
    /// The file of a file event.
    @inlinable public var file: FileID { FileID(slot: socket.slot, generation: socket.generation) }
    /// The caller's tag of a file event.
    @inlinable public var tag: UInt16 { buffer.rawValue }
    /// The errno value of a file event that failed, else 0.
    @inlinable public var failure: Int32 { count < 0 ? -count : 0 }

    /// A file event: `outcome` is a number of bytes or 0, or a negative errno value.
    @inlinable
    public init(_ kind: Kind, _ file: FileID, tag: UInt16, outcome: Int32) {
        self.init(
            kind, SocketID(slot: file.slot, generation: file.generation), buffer: BufferID(rawValue: tag),
            count: outcome)
    }
}
