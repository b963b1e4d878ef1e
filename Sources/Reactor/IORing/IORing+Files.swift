import CShims
import Glibc

// Files through the ring. A buffered write that may block (on ext4 all of them) and every sync, rename and removal are
// handed to a worker thread by the kernel: the loop goes on, and the completion comes back like any other. A close is
// not handed over unless we ask: the last one of a file that has lost its name gives back its pages and blocks, some
// hundred milliseconds for a file of gigabytes.
extension IORing {
    /// Opens a file.
    public mutating func openFile(_ path: String, _ mode: FileMode, isDirect: Bool) -> FileID {
        var operation = FileOperation()
        operation.openFlags = mode.flags | O_CLOEXEC | (isDirect ? directFlag : 0)
        return begin(operation, path: path)
    }

    /// Makes room.
    public mutating func allocate(_ file: FileID, upTo end: Int64) {
        begin(.allocate, file, end)
    }

    /// Begins writeback.
    public mutating func beginWriteback(_ file: FileID, from offset: Int64, count: Int64) {
        hint(.writeback, file, offset, count)
    }

    /// Lets bytes leave the page cache.
    public mutating func uncache(_ file: FileID, from offset: Int64, count: Int64) {
        hint(.uncache, file, offset, count)
    }

    /// In pieces, since the kernel takes lengths of 32 bits here.
    private mutating func hint(
        _ kind: FileOperation.Kind, _ file: FileID, _ offset: Int64, _ count: Int64
    ) {
        var operation = unsafe FileOperation(kind: kind)
        operation.file = UInt32(files.open(file))
        operation.offset = offset
        while operation.offset < offset + count {
            operation.remaining = min(Int(offset + count - operation.offset), filePieceBytes)
            begin(operation)
            operation.offset += Int64(operation.remaining)
        }
    }

    /// Cuts a file.
    public mutating func cut(_ file: FileID, to length: Int64) {
        begin(.cut, file, length)
    }

    private mutating func begin(_ kind: FileOperation.Kind, _ file: FileID, _ length: Int64) {
        var operation = unsafe FileOperation(kind: kind)
        operation.file = UInt32(files.open(file))
        operation.offset = length
        begin(operation)
    }

    /// Writes all of `bytes`.
    public mutating func write(
        _ file: FileID, _ bytes: UnsafeRawBufferPointer, at offset: Int64, tag: UInt16, _ manner: WriteManner
    ) {
        precondition(
            bytes.count <= Int(Int32.max), "a write is below 2 GiB: its length is an event's count")
        var operation = unsafe FileOperation(
            kind: .write, isDurable: manner == .durable, isPassing: manner == .passing && files.canPass,
            tag: tag)
        operation.file = UInt32(files.open(file))
        operation.registered = unsafe files.region(of: bytes)
        unsafe operation.memory = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        operation.remaining = bytes.count
        operation.offset = offset
        begin(operation)
    }

    /// Writes in this call.
    public mutating func writeNow(_ file: FileID, _ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int {
        let descriptor = files.files[files.open(file)].descriptor
        while true {
            let count = unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
            if count >= 0 { return count }
            if errno != EINTR { return Int(-errno) }
        }
    }

    /// Reads up to the end of the file or of `bytes`.
    public mutating func read(
        _ file: FileID, into bytes: UnsafeMutableRawBufferPointer, at offset: Int64, tag: UInt16
    ) {
        precondition(bytes.count <= Int(Int32.max), "a read is below 2 GiB: its length is an event's count")
        var operation = unsafe FileOperation(kind: .read, tag: tag)
        operation.file = UInt32(files.open(file))
        unsafe operation.memory = bytes.baseAddress
        operation.remaining = bytes.count
        operation.offset = offset
        begin(operation)
    }

    /// fsync or fdatasync.
    public mutating func sync(_ file: FileID, dataOnly: Bool, tag: UInt16) {
        var operation = unsafe FileOperation(kind: .sync, isDurable: dataOnly, tag: tag)
        operation.file = UInt32(files.open(file))
        begin(operation)
    }

    /// Closes when nothing is under way any more.
    public mutating func closeFile(_ file: FileID) {
        let slot = files.open(file)
        files.files[slot].isClosing = true
        closeFileIfIdle(UInt32(slot))
    }

    /// Gives a file another name.
    public mutating func renameFile(_ path: String, to newPath: String) -> FileID {
        var operation = unsafe FileOperation(kind: .rename)
        unsafe operation.target = UnsafeMutableRawPointer(strdup(newPath))
        return begin(operation, path: path)
    }

    /// Removes a file.
    public mutating func removeFile(_ path: String) -> FileID {
        begin(unsafe FileOperation(kind: .remove), path: path)
    }

    /// Begins an operation on a name. The path stays until the completion; freed there.
    private mutating func begin(_ operation: FileOperation, path: String) -> FileID {
        let file = files.insertFile()
        var operation = operation
        operation.file = file.slot
        unsafe operation.memory = UnsafeMutableRawPointer(strdup(path))
        begin(operation)
        return file
    }

    /// Registers memory to write from.
    public mutating func registerFileBuffers(_ regions: [UnsafeRawBufferPointer]) -> Int32 {
        var vectors = unsafe regions.map {
            unsafe iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
        }
        var ring = unsafe queues.ring
        let result = unsafe io_uring_register_buffers(&ring, &vectors, UInt32(vectors.count))
        guard result >= 0 else { return -result }
        unsafe files.register(regions)
        return 0
    }

    /// Writes come from ordinary memory again.
    public mutating func unregisterFileBuffers() {
        guard unsafe !files.registered.isEmpty else { return }
        var ring = unsafe queues.ring
        _ = unsafe io_uring_unregister_buffers(&ring)
        unsafe files.register([])
    }

    /// The machine's disk.
    public var disk: any Disk { SystemDisk() }

    private mutating func closeFileIfIdle(_ slot: UInt32) {
        guard files.files[Int(slot)].isClosing, files.files[Int(slot)].operations == 0 else { return }
        var operation = unsafe FileOperation(kind: .close)
        operation.file = slot
        begin(operation)
    }

    private mutating func begin(_ operation: FileOperation) {
        submitFileOperation(files.insert(operation))
    }

    /// Queues an operation, or what is left of it.
    private mutating func submitFileOperation(_ slot: UInt32) {
        let operation = files.operations[Int(slot)]
        if operation.kind == .write, !operation.isAligned, files.files[Int(operation.file)].isDirect {
            files.leaveDirect(Int(operation.file))
        }
        let descriptor = files.files[Int(operation.file)].descriptor
        let entry = unsafe nextSubmission()
        let count = UInt32(min(operation.remaining, filePieceBytes))
        let offset = UInt64(bitPattern: operation.offset)
        let path = unsafe operation.hasPath ? operation.memory?.assumingMemoryBound(to: CChar.self) : nil
        switch operation.kind {
        case .open:
            unsafe io_uring_prep_openat(entry, AT_FDCWD, path, operation.openFlags, 0o644)
        case .read:
            unsafe io_uring_prep_read(entry, descriptor, operation.memory, count, offset)
        case .write where operation.registered >= 0:
            unsafe io_uring_prep_write_fixed(
                entry, descriptor, operation.memory, count, offset, operation.registered)
        case .write:
            unsafe io_uring_prep_write(entry, descriptor, operation.memory, count, offset)
        case .sync:
            unsafe io_uring_prep_fsync(entry, descriptor, operation.isDurable ? IORING_FSYNC_DATASYNC : 0)
        case .allocate:
            unsafe io_uring_prep_fallocate(entry, descriptor, 0, 0, off_t(operation.offset))
        case .writeback:
            unsafe io_uring_prep_sync_file_range(
                entry, descriptor, UInt32(operation.remaining), offset, Int32(coronet_begin_writeback))
        case .uncache:
            unsafe io_uring_prep_fadvise(
                entry, descriptor, offset, off_t(operation.remaining), POSIX_FADV_DONTNEED)
        case .cut:
            unsafe coronet_prep_ftruncate(entry, descriptor, operation.offset)
        case .close:
            unsafe io_uring_prep_close(entry, descriptor)
            unsafe entry.pointee.flags |= UInt8(coronet_submit_async)
        case .rename:
            let target = unsafe operation.target?.assumingMemoryBound(to: CChar.self)
            unsafe io_uring_prep_renameat(entry, AT_FDCWD, path, AT_FDCWD, target, 0)
        case .remove:
            unsafe io_uring_prep_unlinkat(entry, AT_FDCWD, path, 0)
        }
        if operation.kind == .write {
            if operation.registered >= 0 { counters.fixedWrites &+= 1 }
            if operation.isDurable { unsafe entry.pointee.rw_flags = Int32(coronet_write_dsync) }
            let isPassing = operation.isPassing && !files.files[Int(operation.file)].isDirect
            if isPassing { unsafe entry.pointee.rw_flags = Int32(coronet_write_dontcache) }
        }
        unsafe entry.pointee.user_data = Self.token(.file, slot: slot, generation: operation.generation)
    }

    /// A completion of a file operation: goes on with what was cut short, or reports.
    mutating func fileEnded(_ slot: UInt32, _ generation: UInt32, _ result: Int32, _ events: inout EventBatch)
    {
        guard files.holds(slot, generation) else {
            counters.staleCompletions &+= 1
            return
        }
        let operation = files.operations[Int(slot)]
        if result == -EINTR || result == -EAGAIN, operation.kind != .close {
            return submitFileOperation(slot)
        }
        if result == -EINVAL, fallsBack(slot) { return submitFileOperation(slot) }
        if result == -EINVAL, operation.kind == .cut {
            // A kernel that does not cut files through the ring.
            let done = ftruncate(files.files[Int(operation.file)].descriptor, off_t(operation.offset))
            return finish(files.remove(slot), done == 0 ? 0 : -errno, &events)
        }
        if operation.isPassing, result == -EOPNOTSUPP || result == -EINVAL {
            files.canPass = false
            files.operations[Int(slot)].isPassing = false
            return submitFileOperation(slot)
        }
        if operation.kind == .read || operation.kind == .write, result > 0, Int(result) < operation.remaining
        {
            counters.shortTransfers &+= 1
            advance(slot, by: Int(result))
            return submitFileOperation(slot)
        }
        finish(files.remove(slot), result, &events)
    }

    /// Whether what the kernel did not like is tried again through the page cache: an opening or a write past it.
    private mutating func fallsBack(_ slot: UInt32) -> Bool {
        let operation = files.operations[Int(slot)]
        let file = Int(operation.file)
        if operation.kind == .open, operation.openFlags & directFlag != 0 {
            files.operations[Int(slot)].openFlags &= ~directFlag
            return true
        }
        guard operation.kind == .write, files.files[file].isDirect else { return false }
        files.leaveDirect(file)
        return true
    }

    private mutating func advance(_ slot: UInt32, by count: Int) {
        unsafe files.operations[Int(slot)].memory = files.operations[Int(slot)].memory.map {
            unsafe $0 + count
        }
        files.operations[Int(slot)].remaining -= count
        files.operations[Int(slot)].done += count
        files.operations[Int(slot)].offset += Int64(count)
    }

    private mutating func finish(_ operation: FileOperation, _ result: Int32, _ events: inout EventBatch) {
        let slot = Int(operation.file)
        let file = FileID(slot: operation.file, generation: files.files[slot].generation)
        switch operation.kind {
        case .open:
            operation.freePaths()
            files.files[slot].isDirect = result >= 0 && operation.openFlags & directFlag != 0
            if result >= 0 { files.files[slot].descriptor = result } else { files.removeFile(operation.file) }
            events.append(Event(.fileOpened, file, tag: 0, outcome: min(result, 0)))
        case .read:
            let total = Int32(operation.done) + max(result, 0)
            events.append(Event(.fileRead, file, tag: operation.tag, outcome: result < 0 ? result : total))
        case .write:
            // No progress on a write of something is no success.
            let isStuck = result == 0 && operation.remaining > 0
            let outcome = isStuck ? -EIO : result < 0 ? result : Int32(operation.done) + result
            events.append(Event(.fileWritten, file, tag: operation.tag, outcome: outcome))
        case .sync:
            events.append(Event(.fileSynced, file, tag: operation.tag, outcome: min(result, 0)))
        case .allocate: events.append(Event(.fileAllocated, file, tag: 0, outcome: min(result, 0)))
        case .writeback, .uncache: break
        case .cut: events.append(Event(.fileCut, file, tag: 0, outcome: min(result, 0)))
        case .close:
            // Linux releases the descriptor whatever close reports, except when the operation never ran.
            if result == -ECANCELED { _ = Glibc.close(files.files[slot].descriptor) }
            files.removeFile(operation.file)
            events.append(Event(.fileClosed, file, tag: 0, outcome: min(result, 0)))
            return
        case .rename, .remove:
            operation.freePaths()
            files.removeFile(operation.file)
            let kind: Event.Kind = operation.kind == .rename ? .fileRenamed : .fileRemoved
            events.append(Event(kind, file, tag: 0, outcome: min(result, 0)))
            return
        }
        if files.files[slot].isUsed { closeFileIfIdle(operation.file) }
    }
}

/// open(2)'s O_DIRECT.
let directFlag = Int32(coronet_open_direct)

extension FileMode {
    /// As open(2) takes it.
    var flags: Int32 {
        switch self {
        case .read: O_RDONLY
        case .write: O_WRONLY | O_CREAT
        case .replace: O_WRONLY | O_CREAT | O_TRUNC
        case .create: O_WRONLY | O_CREAT | O_EXCL
        }
    }
}
