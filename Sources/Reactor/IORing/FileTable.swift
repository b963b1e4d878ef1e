import Glibc

/// A file that the ring has open, or is opening or closing.
struct OpenFile {
    var descriptor: Int32 = -1
    /// 24 bits, never 0.
    var generation: UInt32 = 1
    var isUsed = false
    /// The loop has asked to close it; that waits for `operations` to end.
    var isClosing = false
    /// Writes go past the page cache.
    var isDirect = false
    /// Operations under way.
    var operations = 0
}

/// An operation on a file from its submission to its event, across short transfers. Its place in the table travels in
/// `user_data`.
@safe
struct FileOperation {
    enum Kind: UInt8 {
        case open, read, write, sync, allocate, writeback, uncache, cut, close, rename, remove
    }

    var kind = Kind.open
    /// O_DSYNC for this write; fdatasync instead of fsync.
    var isDurable = false
    /// The bytes of this write leave the page cache.
    var isPassing = false
    var tag: UInt16 = 0
    /// 24 bits, never 0.
    var generation: UInt32 = 1
    var file: UInt32 = 0
    var isUsed = false
    /// Of the registered buffer it writes from; negative: none.
    var registered: Int32 = -1
    /// Open flags.
    var openFlags: Int32 = 0
    // Unsafe: lent by the loop until the event (read, write), or the path, owned by the operation.
    var memory: UnsafeMutableRawPointer?
    // Unsafe: the new path of a rename, owned by the operation.
    var target: UnsafeMutableRawPointer?
    var remaining = 0
    var done = 0
    var offset: Int64 = 0

    /// Whether it may go past the page cache.
    var isAligned: Bool {
        let address = unsafe Int(bitPattern: memory)
        return (address | remaining | Int(offset)) & (DirectWrite.alignment - 1) == 0
    }

    /// Whether `memory` is a path, and its own.
    var hasPath: Bool { kind == .open || kind == .rename || kind == .remove }

    /// Gives back the paths that are its own.
    func freePaths() {
        guard hasPath else { return }
        unsafe free(memory)
        unsafe free(target)
    }
}

/// The files of one ring and what is under way on them. A handful: plain arrays that grow with the most at a time.
@safe
struct FileTable: ~Copyable {
    var files: [OpenFile] = []
    var operations: [FileOperation] = []
    private var freeFiles: [UInt32] = []
    private var freeOperations: [UInt32] = []
    // Unsafe: memory that the caller keeps while the ring lives; compared by address only.
    private(set) var registered: [UnsafeRawBufferPointer] = unsafe []
    /// No file system has refused `WriteManner.passing` so far.
    var canPass = true

    deinit {
        for operation in operations where operation.isUsed { operation.freePaths() }
        for file in files where file.isUsed && file.descriptor >= 0 { _ = Glibc.close(file.descriptor) }
    }

    mutating func insertFile() -> FileID {
        let slot: UInt32
        if let free = freeFiles.popLast() {
            slot = free
        } else {
            slot = UInt32(files.count)
            files.append(OpenFile())
        }
        files[Int(slot)].isUsed = true
        files[Int(slot)].isClosing = false
        files[Int(slot)].isDirect = false
        files[Int(slot)].operations = 0
        return FileID(slot: slot, generation: files[Int(slot)].generation)
    }

    mutating func removeFile(_ slot: UInt32) {
        files[Int(slot)].isUsed = false
        files[Int(slot)].descriptor = -1
        files[Int(slot)].generation = nextGeneration(files[Int(slot)].generation)
        freeFiles.append(slot)
    }

    /// The slot of a file that is open and not being closed.
    func open(_ file: FileID) -> Int {
        let slot = Int(file.slot)
        precondition(slot < files.count && files[slot].isUsed, "no such file")
        precondition(files[slot].generation == file.generation, "the file is closed")
        precondition(!files[slot].isClosing, "the file is being closed")
        return slot
    }

    /// The file is written through the page cache from here on; what is under way ends as it began.
    mutating func leaveDirect(_ slot: Int) {
        files[slot].isDirect = false
        let flags = fcntl(files[slot].descriptor, F_GETFL)
        // Where the flag stays, the kernel says so with the next write that it does not like.
        if flags >= 0 { _ = fcntl(files[slot].descriptor, F_SETFL, flags & ~directFlag) }
    }

    mutating func insert(_ operation: FileOperation) -> UInt32 {
        let slot: UInt32
        if let free = freeOperations.popLast() {
            slot = free
        } else {
            slot = UInt32(operations.count)
            operations.append(FileOperation())
        }
        let generation = operations[Int(slot)].generation
        operations[Int(slot)] = operation
        operations[Int(slot)].generation = generation
        operations[Int(slot)].isUsed = true
        files[Int(operation.file)].operations += 1
        return slot
    }

    /// Takes an operation that has ended out of the table.
    mutating func remove(_ slot: UInt32) -> FileOperation {
        let operation = operations[Int(slot)]
        operations[Int(slot)].isUsed = false
        operations[Int(slot)].generation = nextGeneration(operation.generation)
        freeOperations.append(slot)
        files[Int(operation.file)].operations -= 1
        return operation
    }

    func holds(_ slot: UInt32, _ generation: UInt32) -> Bool {
        slot < operations.count && operations[Int(slot)].isUsed
            && operations[Int(slot)].generation == generation
    }

    /// These regions are registered from now on, and no others.
    mutating func register(_ regions: [UnsafeRawBufferPointer]) { unsafe registered = regions }

    /// Which registered region holds these bytes; -1 if none does.
    func region(of bytes: UnsafeRawBufferPointer) -> Int32 {
        guard let start = bytes.baseAddress else { return -1 }
        for index in unsafe registered.indices {
            guard let base = unsafe registered[index].baseAddress else { continue }
            let end = unsafe base + registered[index].count
            if unsafe start >= base && start + bytes.count <= end { return Int32(index) }
        }
        return -1
    }
}
