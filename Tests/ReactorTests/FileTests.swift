import CShims
import Glibc
import Testing

@testable import Reactor

/// Files through a ring, driven by hand; generic over the ring, so that both are held to one contract.
final class FileLoop<Driver: RingDriver & ~Copyable> {
    var driver: Driver
    var events = EventBatch(capacity: 16)

    init(_ driver: consuming Driver) { self.driver = driver }

    /// Turns until an event of this kind comes for the file; nil if none does.
    func wait(_ kind: Event.Kind, _ file: FileID) -> Event? {
        for _ in 0..<2000 {
            driver.turn(until: driver.now().advanced(byMillis: 10), into: &events)
            for index in 0..<events.count where events[index].kind == kind && events[index].file == file {
                return events[index]
            }
        }
        return nil
    }

    func open(_ path: String, _ mode: FileMode) throws -> FileID {
        let file = driver.openFile(path, mode)
        let event = try #require(wait(.fileOpened, file))
        try #require(event.failure == 0)
        return file
    }

    /// Writes a pattern in pieces that cross each other's ends, syncs, reads it back, closes, opens again.
    func writeAndRead(in folder: String) throws {
        let bytes = unsafe borrowedBytes(300_000)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: 400_000, alignment: 1)
        defer {
            unsafe bytes.deallocate()
            unsafe copy.deallocate()
        }
        let file = try open(folder + "/data", .create)
        unsafe driver.write(
            file, UnsafeRawBufferPointer(rebasing: bytes[0..<200_000]), at: 0, tag: 7, durable: false)
        let written = try #require(wait(.fileWritten, file))
        #expect(written.count == 200_000 && written.tag == 7)
        var done = 200_000
        while done < bytes.count {
            let count = unsafe driver.writeNow(
                file, UnsafeRawBufferPointer(rebasing: bytes[done...]), at: Int64(done))
            try #require(count > 0)
            done += count
        }
        driver.sync(file, dataOnly: true, tag: 9)
        let synced = try #require(wait(.fileSynced, file))
        #expect(synced.failure == 0 && synced.tag == 9)
        driver.closeFile(file)
        #expect(wait(.fileClosed, file)?.failure == 0)

        let again = try open(folder + "/data", .read)
        #expect(again != file)
        unsafe driver.read(again, into: copy, at: 100, tag: 3)
        let read = try #require(wait(.fileRead, again))
        #expect(read.count == 299_900)
        #expect(unsafe copy[0..<299_900].elementsEqual(bytes[100...]))
        driver.closeFile(again)
        #expect(wait(.fileClosed, again) != nil)
    }

    /// What cannot be opened says why, and its slot is free again.
    func openFailures(in folder: String) throws {
        let missing = driver.openFile(folder + "/missing", .read)
        #expect(wait(.fileOpened, missing)?.failure == ENOENT)
        let first = try open(folder + "/once", .create)
        let second = driver.openFile(folder + "/once", .create)
        #expect(wait(.fileOpened, second)?.failure == EEXIST)
        driver.closeFile(first)
        #expect(wait(.fileClosed, first) != nil)
    }

    /// A close asked for while a write is under way lets it end.
    func closeDuringWrite(in folder: String) throws {
        let bytes = unsafe borrowedBytes(100_000)
        defer { unsafe bytes.deallocate() }
        let file = try open(folder + "/closing", .replace)
        unsafe driver.write(file, UnsafeRawBufferPointer(bytes), at: 0, tag: 1, durable: true)
        driver.closeFile(file)
        #expect(wait(.fileClosed, file)?.failure == 0)
        #expect(try driver.disk.size(folder + "/closing") == 100_000)
    }

    /// Names change and go through the ring; what cannot be done says why, and no slot stays taken.
    func namesThroughTheRing(in folder: String) throws {
        let disk = driver.disk
        try disk.write(folder + "/data", Array("old".utf8))
        try disk.write(folder + "/once", Array("new".utf8))
        let renamed = driver.renameFile(folder + "/once", to: folder + "/data")
        #expect(wait(.fileRenamed, renamed)?.failure == 0)
        #expect(try disk.read(folder + "/data", from: 0, count: 10) == Array("new".utf8))
        let missing = driver.renameFile(folder + "/once", to: folder + "/data")
        #expect(wait(.fileRenamed, missing)?.failure == ENOENT)
        let removed = driver.removeFile(folder + "/data")
        #expect(wait(.fileRemoved, removed)?.failure == 0)
        let gone = driver.removeFile(folder + "/data")
        #expect(wait(.fileRemoved, gone)?.failure == ENOENT)
        #expect(removed.slot == gone.slot && removed != gone)
    }

    /// Bytes that pass through the page cache arrive all the same, on any file system.
    func passingWrites(in folder: String) throws {
        let bytes = unsafe borrowedBytes(100_000)
        defer { unsafe bytes.deallocate() }
        let file = try open(folder + "/data", .replace)
        for index in 0..<4 {
            let part = unsafe UnsafeRawBufferPointer(
                rebasing: bytes[(index * 25_000)..<((index + 1) * 25_000)])
            unsafe driver.write(file, part, at: Int64(index * 25_000), tag: 5, .passing)
            #expect(wait(.fileWritten, file)?.count == 25_000)
        }
        #expect(unsafe try driver.disk.read(folder + "/data", from: 0, count: 200_000).elementsEqual(bytes))
        driver.closeFile(file)
        #expect(wait(.fileClosed, file) != nil)
    }

    /// Writes past the page cache, with room made before; and what is not aligned goes through it from then on.
    func directWrites(in folder: String) throws {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: 1 << 16, alignment: DirectWrite.alignment)
        defer { unsafe memory.deallocate() }
        for index in 0..<memory.count { unsafe memory[index] = UInt8(truncatingIfNeeded: index / 7) }
        let file = driver.openFile(folder + "/data", .replace, isDirect: true)
        #expect(wait(.fileOpened, file)?.failure == 0)
        driver.allocate(file, upTo: 1 << 17)
        #expect(wait(.fileAllocated, file)?.failure == 0)
        #expect(try driver.disk.size(folder + "/data") == 1 << 17)
        for offset in [32 << 10, 0] {
            let part = unsafe UnsafeRawBufferPointer(rebasing: memory[offset..<(offset + 32 << 10)])
            unsafe driver.write(file, part, at: Int64(offset), tag: 5, .passing)
            #expect(wait(.fileWritten, file)?.count == 32 << 10)
        }
        let end = unsafe UnsafeRawBufferPointer(rebasing: memory[9..<20])
        unsafe driver.write(file, end, at: 1 << 16, tag: 6, .passing)
        #expect(wait(.fileWritten, file)?.count == 11)
        driver.cut(file, to: 1 << 16 + 11)
        #expect(wait(.fileCut, file)?.failure == 0)
        let read = try driver.disk.read(folder + "/data", from: 0, count: 1 << 20)
        #expect(unsafe read.elementsEqual(Array(memory) + Array(end)))
        driver.closeFile(file)
        #expect(wait(.fileClosed, file) != nil)
    }

    /// Hints change nothing that a reader sees, and what is not written yet is no matter.
    func hints(in folder: String) throws {
        let bytes = unsafe borrowedBytes(100_000)
        defer { unsafe bytes.deallocate() }
        let file = try open(folder + "/data", .replace)
        unsafe driver.write(file, UnsafeRawBufferPointer(bytes), at: 0, tag: 1, durable: false)
        #expect(wait(.fileWritten, file)?.count == 100_000)
        driver.beginWriteback(file, from: 4096, count: 1 << 20)
        driver.sync(file, dataOnly: true, tag: 2)
        #expect(wait(.fileSynced, file)?.failure == 0)
        driver.uncache(file, from: 0, count: 1 << 20)
        driver.closeFile(file)
        #expect(wait(.fileClosed, file)?.failure == 0, "the hints have ended")
        #expect(unsafe try driver.disk.read(folder + "/data", from: 0, count: 200_000).elementsEqual(bytes))
    }

    /// The steps that block.
    func diskSteps(in folder: String) throws {
        let disk = driver.disk
        try disk.makeFolder(folder + "/sub")
        try disk.makeFolder(folder + "/sub")
        try disk.write(folder + "/sub/a", Array("one two".utf8))
        try disk.rename(folder + "/sub/a", to: folder + "/sub/b")
        try disk.syncFolder(folder + "/sub")
        #expect(try disk.list(folder + "/sub") == [DiskEntry(name: "b", size: 7, isFolder: false)])
        #expect(try disk.read(folder + "/sub/b", from: 4, count: 100) == Array("two".utf8))
        for durable in [false, true] {
            try disk.commit(folder + "/sub/b", Array("2".utf8), at: 8, durable: durable)
            #expect(try disk.read(folder + "/sub/b", from: 0, count: 100) == Array("one two\u{0}2".utf8))
        }
        try disk.truncate(folder + "/sub/b", to: 3)
        #expect(try disk.size(folder + "/sub/b") == 3)
        try disk.remove(folder + "/sub/b")
        #expect(throws: DiskError(errno: ENOENT)) { try disk.size(folder + "/sub/b") }
        #expect(throws: DiskError(errno: ENOENT)) { try disk.remove(folder + "/sub/b") }
    }
}

@Suite struct FileTests {
    /// A folder of its own for each test.
    private func withFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/coronet-files-XXXXXX".utf8CString)
        let path = unsafe try #require(unsafe mkdtemp(&template))
        let folder = unsafe String(cString: path)
        defer {
            for name in ["data", "once", "closing", "full", "sub/a", "sub/b"] {
                _ = unsafe unlink("\(folder)/\(name)")
            }
            _ = unsafe rmdir(folder + "/sub")
            _ = unsafe rmdir(folder)
        }
        try body(folder)
    }

    @Test(arguments: [1 << 30, 10_000])
    func writesAndReads(piece: Int) throws {
        try withFolder { folder in
            var ring = try IORing(.small)
            ring.filePieceBytes = piece
            let loop = FileLoop(ring)
            try loop.writeAndRead(in: folder)
            if piece < 100_000 { #expect(loop.driver.counters.shortTransfers > 30) }
        }
    }

    @Test func opensCloseAndBlockingSteps() throws {
        try withFolder { folder in
            let loop = FileLoop(try IORing(.small))
            try loop.openFailures(in: folder)
            try loop.closeDuringWrite(in: folder)
            try loop.diskSteps(in: folder)
            try loop.namesThroughTheRing(in: folder)
            try loop.passingWrites(in: folder)
        }
    }

    /// A tmpfs takes no such writes: the ring notices, and writes as ever.
    @Test func passingWritesAreOrdinaryWhereTheyCannotBeHad() throws {
        let file = "/dev/shm/coronet-files-\(getpid())"
        defer { _ = unsafe unlink(file) }
        let loop = FileLoop(try IORing(.small))
        let bytes = unsafe borrowedBytes(10_000)
        defer { unsafe bytes.deallocate() }
        let open = try loop.open(file, .replace)
        unsafe loop.driver.write(open, UnsafeRawBufferPointer(bytes), at: 0, tag: 0, .passing)
        #expect(loop.wait(.fileWritten, open)?.count == 10_000)
        let canPass = loop.driver.files.canPass
        #expect(!canPass)
        #expect(unsafe try loop.driver.disk.read(file, from: 0, count: 20_000).elementsEqual(bytes))
    }

    @Test(arguments: [1 << 30, 10_000])
    func writesPastThePageCache(piece: Int) throws {
        try withFolder { folder in
            var ring = try IORing(.small)
            // Pieces that are not whole pages are not aligned either.
            ring.filePieceBytes = piece
            let loop = FileLoop(ring)
            try loop.directWrites(in: folder)
            try loop.hints(in: folder)
        }
    }

    /// The first write that is not aligned ends it, and only for its file.
    @Test func directUntilAWriteIsNotAligned() throws {
        try withFolder { folder in
            let loop = FileLoop(try IORing(.small))
            let memory = UnsafeMutableRawBufferPointer.allocate(
                byteCount: 8192, alignment: DirectWrite.alignment)
            defer { unsafe memory.deallocate() }
            for index in 0..<memory.count { unsafe memory[index] = 7 }
            let files = ["data", "once"].map {
                loop.driver.openFile("\(folder)/\($0)", .replace, isDirect: true)
            }
            for file in files { #expect(loop.wait(.fileOpened, file)?.failure == 0) }
            func isDirect(_ file: FileID) -> Bool {
                let descriptor = loop.driver.files.files[Int(file.slot)].descriptor
                let isSet = fcntl(descriptor, F_GETFL) & directFlag != 0
                #expect(isSet == loop.driver.files.files[Int(file.slot)].isDirect)
                return isSet
            }
            for count in [4096, 4095] {
                for file in files { #expect(isDirect(file)) }
                let part = unsafe UnsafeRawBufferPointer(rebasing: memory[0..<count])
                unsafe loop.driver.write(files[0], part, at: 0, tag: 0, durable: false)
                #expect(loop.wait(.fileWritten, files[0])?.count == Int32(count))
            }
            #expect(!isDirect(files[0]) && isDirect(files[1]))
        }
    }

    /// A file of the kernel's own is never written past its cache: it is opened again without.
    @Test func directIsOrdinaryWhereItCannotBeHad() throws {
        let loop = FileLoop(try IORing(.small))
        let file = loop.driver.openFile("/proc/self/oom_score_adj", .write, isDirect: true)
        #expect(loop.wait(.fileOpened, file)?.failure == 0)
        let isDirect = loop.driver.files.files[Int(file.slot)].isDirect
        #expect(!isDirect)
    }

    @Test func registeredMemoryIsWrittenAsItIs() throws {
        try withFolder { folder in
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)
            defer { unsafe memory.deallocate() }
            for index in 0..<memory.count { unsafe memory[index] = UInt8(truncatingIfNeeded: index / 3) }
            let loop = FileLoop(try IORing(.small))
            #expect(unsafe loop.driver.registerFileBuffers([UnsafeRawBufferPointer(memory)]) == 0)
            let file = try loop.open(folder + "/data", .replace)
            let part = unsafe UnsafeRawBufferPointer(rebasing: memory[4096..<20_000])
            #expect(unsafe loop.driver.files.region(of: part) == 0)
            unsafe loop.driver.write(file, part, at: 0, tag: 0, durable: false)
            #expect(loop.wait(.fileWritten, file)?.count == 15_904)
            let read = try loop.driver.disk.read(folder + "/data", from: 0, count: 1 << 20)
            #expect(unsafe read.elementsEqual(part))
            #expect(loop.driver.counters.fixedWrites == 1)
            loop.driver.unregisterFileBuffers()
            #expect(unsafe loop.driver.files.region(of: part) == -1)
            unsafe loop.driver.write(file, part, at: 0, tag: 0, durable: false)
            #expect(loop.wait(.fileWritten, file)?.count == 15_904)
            #expect(loop.driver.counters.fixedWrites == 1)
            #expect(unsafe loop.driver.registerFileBuffers([UnsafeRawBufferPointer(memory)]) == 0)
        }
    }

    @Test func aWriteThatFailsSaysWhy() throws {
        try withFolder { folder in
            let loop = FileLoop(try IORing(.small))
            let bytes = unsafe borrowedBytes(1000)
            defer { unsafe bytes.deallocate() }
            let file = try loop.open("/dev/full", .write)
            unsafe loop.driver.write(file, UnsafeRawBufferPointer(bytes), at: 0, tag: 0, durable: false)
            #expect(loop.wait(.fileWritten, file)?.failure == ENOSPC)
            #expect(unsafe loop.driver.writeNow(file, UnsafeRawBufferPointer(bytes), at: 0) == Int(-ENOSPC))
        }
    }

    @Test func theSimulatedRingKeepsTheSameContract() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let world = SimulatedWorld(seed: seed)
            let loop = FileLoop(SimulatedRing(world, core: 0))
            try loop.writeAndRead(in: "/d")
            try loop.openFailures(in: "/d")
            try loop.closeDuringWrite(in: "/d")
            try loop.diskSteps(in: "/d")
            try loop.namesThroughTheRing(in: "/d")
            try loop.passingWrites(in: "/d")
            try loop.directWrites(in: "/d")
            try loop.hints(in: "/d")
        }
    }

    @Test func aCrashKeepsWhatWasSyncedAndAPrefixOfTheRest() throws {
        var losses = 0
        for seed in 1...200 as ClosedRange<UInt64> {
            let world = SimulatedWorld(seed: seed)
            let loop = FileLoop(SimulatedRing(world, core: 0))
            let disk = world.disk
            try disk.write("/d/keep", Array("synced".utf8))
            try disk.syncFolder("/d")
            let file = try loop.open("/d/keep", .write)
            let bytes = unsafe borrowedBytes(50)
            defer { unsafe bytes.deallocate() }
            for index in 0..<5 {
                unsafe loop.driver.write(
                    file, UnsafeRawBufferPointer(rebasing: bytes[(index * 10)..<(index * 10 + 10)]),
                    at: Int64(6 + 10 * index), tag: 0, durable: false)
                _ = try #require(loop.wait(.fileWritten, file))
            }
            try disk.write("/d/unnamed", [1])
            var random = SimulatedRandom(seed: seed)
            disk.crash(&random)
            let found = try disk.read("/d/keep", from: 0, count: 1000)
            #expect(found.starts(with: "synced".utf8))
            let tail = Array(found.dropFirst(6))
            let good = unsafe zip(tail, bytes).prefix { $0 == $1 }.count
            #expect(tail[good...].allSatisfy { $0 == 0 }, "a tail is a prefix, then nothing or zeros")
            if good < 50 { losses += 1 }
        }
        #expect(losses > 50)
    }

    @Test func aDurableWriteCoversItselfOnly() throws {
        var losses = 0
        for seed in 1...50 as ClosedRange<UInt64> {
            let world = SimulatedWorld(seed: seed)
            let loop = FileLoop(SimulatedRing(world, core: 0))
            let file = try loop.open("/d/a", .create)
            try world.disk.syncFolder("/d")
            let bytes = unsafe borrowedBytes(20)
            defer { unsafe bytes.deallocate() }
            for (start, durable) in [(0, false), (10, true)] {
                unsafe loop.driver.write(
                    file, UnsafeRawBufferPointer(rebasing: bytes[start..<(start + 10)]), at: Int64(start),
                    tag: 0, durable: durable)
                #expect(try #require(loop.wait(.fileWritten, file)).failure == 0)
            }
            var random = SimulatedRandom(seed: seed)
            world.disk.crash(&random)
            let found = try world.disk.read("/d/a", from: 0, count: 100)
            #expect(found.count == 20)
            #expect(unsafe found.dropFirst(10).elementsEqual(bytes[10...]))
            if unsafe !found.prefix(10).elementsEqual(bytes[..<10]) { losses += 1 }
        }
        #expect(losses > 5)
    }

    @Test func aFailedSyncLosesItsWritesForGood() throws {
        let world = SimulatedWorld(seed: 3)
        let loop = FileLoop(SimulatedRing(world, core: 0))
        let bytes = unsafe borrowedBytes(10)
        defer { unsafe bytes.deallocate() }
        let file = try loop.open("/d/a", .create)
        try world.disk.syncFolder("/d")
        world.disk.faults.failingSyncs = 1
        unsafe loop.driver.write(file, UnsafeRawBufferPointer(bytes), at: 0, tag: 0, durable: false)
        _ = try #require(loop.wait(.fileWritten, file))
        loop.driver.sync(file, dataOnly: true, tag: 0)
        #expect(loop.wait(.fileSynced, file)?.failure == EIO)
        loop.driver.sync(file, dataOnly: true, tag: 0)
        #expect(loop.wait(.fileSynced, file)?.failure == 0)
        #expect(try world.disk.size("/d/a") == 10)
        var random = SimulatedRandom(seed: 1)
        world.disk.crash(&random)
        #expect(try world.disk.size("/d/a") == 0)
    }

    @Test func aFullDiskTakesWhatFits() throws {
        let world = SimulatedWorld(seed: 5)
        world.disk.faults.bytesFree = 15
        world.disk.faults.cutsTransfers = false
        let loop = FileLoop(SimulatedRing(world, core: 0))
        let bytes = unsafe borrowedBytes(10)
        defer { unsafe bytes.deallocate() }
        let file = try loop.open("/d/a", .create)
        let all = UnsafeRawBufferPointer(bytes)
        #expect(unsafe loop.driver.writeNow(file, all, at: 0) == 10)
        #expect(unsafe loop.driver.writeNow(file, all, at: 10) == 5)
        #expect(unsafe loop.driver.writeNow(file, all, at: 15) == Int(-ENOSPC))
        unsafe loop.driver.write(file, all, at: 15, tag: 0, durable: false)
        #expect(loop.wait(.fileWritten, file)?.failure == ENOSPC)
        try world.disk.truncate("/d/a", to: 10)
        #expect(world.disk.faults.bytesFree == 5)
    }
}
