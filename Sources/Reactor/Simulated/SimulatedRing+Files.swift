import Glibc

/// A file that a simulated ring has open, or is opening.
struct SimulatedFile {
    var handle: SimulatedDisk.Handle?
    var isClosing = false
    var operations = 0
}

/// An operation on a file that has not ended.
@safe
struct SimulatedFileOperation {
    @safe enum Work {
        case open(String, FileMode)
        // Unsafe in these two: the loop's memory, lent until the event.
        case read(UnsafeMutableRawBufferPointer, Int)
        case write(UnsafeRawBufferPointer, [UInt8], Int, isDurable: Bool)
        case sync
        case allocate(Int)
        case cut(Int)
        case close
        case rename(String, String)
        case remove(String)
    }

    let file: FileID
    let tag: UInt16
    let work: Work
    /// It ends in a turn after this time.
    var due: Instant
    /// Turns until it ends, once it is due.
    var turns: Int
}

// The simulated disk through the ring: operations end after a few turns or a set time, in any order.
extension SimulatedRing {
    /// The world's disk.
    public var disk: any Disk { world.disk }

    /// Opens a file of the world's disk.
    public mutating func openFile(_ path: String, _ mode: FileMode, isDirect: Bool) -> FileID {
        let file = nameFile()
        unsafe begin(.open(path, mode), file, tag: 0)
        return file
    }

    /// Renames a file of the world's disk.
    public mutating func renameFile(_ path: String, to newPath: String) -> FileID {
        let file = nameFile()
        unsafe begin(.rename(path, newPath), file, tag: 0)
        return file
    }

    /// Removes a file of the world's disk.
    public mutating func removeFile(_ path: String) -> FileID {
        let file = nameFile()
        begin(.remove(path), file, tag: 0)
        return file
    }

    /// A slot for a file, or for what happens to a name.
    private mutating func nameFile() -> FileID {
        let slot: UInt32
        if let free = freeFiles.popLast() {
            slot = free
        } else {
            slot = UInt32(fileGenerations.count)
            fileGenerations.append(1)
        }
        let file = FileID(slot: slot, generation: fileGenerations[Int(slot)])
        openFiles[file] = SimulatedFile()
        return file
    }

    /// Writes all of the bytes.
    public mutating func write(
        _ file: FileID, _ bytes: UnsafeRawBufferPointer, at offset: Int64, tag: UInt16, _ manner: WriteManner
    ) {
        requireOpen(file)
        unsafe begin(
            .write(bytes, Array(bytes), Int(offset), isDurable: manner == .durable), file, tag: tag,
            after: world.disk.faults.writeMillis)
    }

    /// Writes at once, sometimes less than asked for.
    public mutating func writeNow(_ file: FileID, _ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int {
        requireOpen(file)
        guard let handle = openFiles[file]?.handle else { preconditionFailure("the file is not open yet") }
        var piece = unsafe Array(bytes)
        if world.disk.faults.cutsTransfers, piece.count > 1, world.random.once(in: 8) {
            piece = Array(piece.prefix(1 + world.random.below(piece.count)))
        }
        return world.disk.write(piece, at: Int(offset), to: handle)
    }

    /// Reads what is there.
    public mutating func read(
        _ file: FileID, into bytes: UnsafeMutableRawBufferPointer, at offset: Int64, tag: UInt16
    ) {
        requireOpen(file)
        unsafe begin(.read(bytes, Int(offset)), file, tag: tag)
    }

    /// Syncs; what is written after this call may or may not be covered.
    public mutating func sync(_ file: FileID, dataOnly: Bool, tag: UInt16) {
        requireOpen(file)
        begin(.sync, file, tag: tag, after: world.disk.faults.syncMillis)
    }

    /// Makes a file longer.
    public mutating func allocate(_ file: FileID, upTo end: Int64) {
        requireOpen(file)
        begin(.allocate(Int(end)), file, tag: 0, after: world.disk.faults.writeMillis)
    }

    /// Nothing to do: a simulated sync takes as long as the test says.
    public mutating func beginWriteback(_ file: FileID, from offset: Int64, count: Int64) {
        requireOpen(file)
    }

    /// Nothing to do: what is simulated has no cache.
    public mutating func uncache(_ file: FileID, from offset: Int64, count: Int64) { requireOpen(file) }

    /// Cuts a file.
    public mutating func cut(_ file: FileID, to length: Int64) {
        requireOpen(file)
        begin(.cut(Int(length)), file, tag: 0)
    }

    /// Closes when nothing is under way.
    public mutating func closeFile(_ file: FileID) {
        requireOpen(file)
        openFiles[file]?.isClosing = true
        closeFileIfIdle(file)
    }

    /// Nothing to do: the simulated disk copies.
    public mutating func registerFileBuffers(_ regions: [UnsafeRawBufferPointer]) -> Int32 { 0 }

    /// Nothing to do.
    public mutating func unregisterFileBuffers() {}

    private func requireOpen(_ file: FileID) {
        precondition(openFiles[file]?.isClosing == false, "the file is closed")
    }

    private mutating func closeFileIfIdle(_ file: FileID) {
        guard let state = openFiles[file], state.isClosing, state.operations == 0 else { return }
        begin(.close, file, tag: 0)
    }

    private mutating func begin(
        _ work: SimulatedFileOperation.Work, _ file: FileID, tag: UInt16, after millis: Int = 0
    ) {
        openFiles[file]?.operations += 1
        let due = world.now.advanced(byMillis: UInt64(millis))
        let operation = SimulatedFileOperation(
            file: file, tag: tag, work: work, due: due, turns: world.random.below(3))
        world.cores[core].fileOperations.append(operation)
    }

    /// Ends what is due.
    mutating func progressFiles(into events: inout EventBatch) {
        var index = 0
        while index < world.cores[core].fileOperations.count, !events.isFull {
            guard world.cores[core].fileOperations[index].due <= world.now else {
                index += 1
                continue
            }
            world.cores[core].fileOperations[index].turns -= 1
            guard world.cores[core].fileOperations[index].turns < 0 else {
                index += 1
                continue
            }
            let operation = world.cores[core].fileOperations.remove(at: index)
            let outcome = perform(operation)
            openFiles[operation.file]?.operations -= 1
            finish(operation, outcome, &events)
        }
    }

    private mutating func perform(_ operation: SimulatedFileOperation) -> (Event.Kind, Int32) {
        let handle = openFiles[operation.file]?.handle
        switch operation.work {
        case .open(let path, let mode):
            switch world.disk.open(path, mode) {
            case .success(let handle):
                openFiles[operation.file]?.handle = handle
                return (.fileOpened, 0)
            case .failure(let error): return (.fileOpened, -error.errno)
            }
        case .read(let memory, let offset):
            guard let handle else { return (.fileRead, -EBADF) }
            let bytes = world.disk.read(handle, from: offset, count: memory.count)
            unsafe memory.copyBytes(from: bytes)
            return (.fileRead, Int32(bytes.count))
        case .write(let memory, let bytes, let offset, let isDurable):
            guard let handle else { return (.fileWritten, -EBADF) }
            precondition(
                unsafe memory.elementsEqual(bytes), "the bytes of a write changed while it was in flight")
            let count = world.disk.write(bytes, at: offset, to: handle)
            // A ring goes on after a short write until it fails.
            if count < bytes.count { return (.fileWritten, -ENOSPC) }
            let synced = isDurable ? world.disk.syncLast(handle) : 0
            return (.fileWritten, synced < 0 ? synced : Int32(count))
        case .sync: return (.fileSynced, handle.map { world.disk.sync($0) } ?? -EBADF)
        case .allocate(let end):
            return (.fileAllocated, handle.map { world.disk.allocate($0, upTo: end) } ?? -EBADF)
        case .cut(let length):
            guard let handle else { return (.fileCut, -EBADF) }
            world.disk.cut(handle, to: length)
            return (.fileCut, 0)
        case .close: return (.fileClosed, 0)
        case .rename(let old, let new):
            return (.fileRenamed, -outcome { disk throws(DiskError) in try disk.rename(old, to: new) })
        case .remove(let path):
            return (.fileRemoved, -outcome { disk throws(DiskError) in try disk.remove(path) })
        }
    }

    /// 0, or the errno value of a step on the disk.
    private func outcome(_ step: (SimulatedDisk) throws(DiskError) -> Void) -> Int32 {
        do throws(DiskError) {
            try step(world.disk)
            return 0
        } catch {
            return error.errno
        }
    }

    private mutating func finish(
        _ operation: SimulatedFileOperation, _ outcome: (Event.Kind, Int32), _ events: inout EventBatch
    ) {
        let file = operation.file
        let hasGone =
            switch outcome.0 {
            case .fileClosed, .fileRenamed, .fileRemoved: true
            case .fileOpened: outcome.1 < 0
            default: false
            }
        if hasGone {
            openFiles[file] = nil
            fileGenerations[Int(file.slot)] = nextGeneration(fileGenerations[Int(file.slot)])
            freeFiles.append(file.slot)
        }
        let event = Event(outcome.0, file, tag: operation.tag, outcome: outcome.1)
        world.record(core, event)
        events.append(event)
        if !hasGone { closeFileIfIdle(file) }
    }
}
