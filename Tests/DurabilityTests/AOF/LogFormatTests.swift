import Testing
import Wire

@testable import Durability

@Suite struct LogFormatTests {
    private func sum(_ pieces: [[UInt8]]) -> UInt64 {
        var sum = LogChecksum()
        for piece in pieces { sum.add(piece.span.raw) }
        return sum.value
    }

    @Test func cutsMakeNoDifferenceAndChangesDo() {
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let whole = sum([bytes])
        for cut in 0...100 { #expect(sum([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole) }
        for index in 0..<100 {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                #expect(sum([changed]) != whole)
            }
        }
        #expect(sum([bytes + [0]]) != whole)
    }

    @Test func aCheckLineHoldsItsSum() {
        for value in [0, 1, 0x0123_4567_89AB_CDEF, UInt64.max] {
            var line = ByteBuffer()
            LogAnnotation.appendCheck(value, to: &line)
            #expect(line.count == LogAnnotation.checkLength)
            #expect(LogAnnotation.sum(in: line.bytes) == value)
        }
        #expect(LogAnnotation.sum(in: Array("#CHECK:0123456789abcdeg\r\n".utf8).span.raw) == nil)
    }

    @Test func manifestsAreReadAndWrittenAsRedisDoes() throws {
        let text = """
            file appendonly.aof.2.base.rdb seq 2 type b
            file "my \\"log\\".1.incr.aof" seq 1 type h
            file appendonly.aof.3.incr.aof seq 3 type i
            file appendonly.aof.4.incr.aof seq 4 type i core 0 cores 2
            file appendonly.aof.5.incr.aof seq 5 type i core 1 cores 2

            """
        let manifest = try LogManifest(parsing: Array(text.utf8))
        #expect(manifest.base?.name == "appendonly.aof.2.base.rdb")
        #expect(manifest.history.map(\.name) == ["my \"log\".1.incr.aof"])
        #expect(manifest.increments.map(\.sequence) == [3, 4, 5])
        #expect(manifest.lastGeneration == 1 && manifest.generationCount == 2)
        #expect(manifest.lastSequence == 5)
        #expect(String(decoding: manifest.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [
        ("", ManifestError.Problem.empty), ("\n", .malformed), ("file a seq 1 type b", .tooLong),
        ("file a seq 1\n", .malformed), ("file a seq 1 type z\n", .kind), ("file a/b seq 1 type b\n", .path),
        ("file a seq 0 type b\n", .malformed), ("file a seq x type b\n", .malformed),
        ("file a seq 1 type b\nfile b seq 2 type b\n", .secondBase),
        ("file a seq 2 type i\nfile b seq 2 type i\n", .sequence),
        ("file " + String(repeating: "a", count: 1024) + " seq 1 type b\n", .tooLong),
    ])
    func badManifestsSayWhy(text: String, problem: ManifestError.Problem) {
        #expect {
            try LogManifest(parsing: Array(text.utf8))
        } throws: { ($0 as? ManifestError)?.problem == problem }
    }

    /// Items of a file, presented in pieces of `piece` bytes.
    private func scan(_ bytes: [UInt8], piece: Int) -> [String] {
        var scanner = LogScanner()
        var items: [String] = []
        var ranges: [ArgumentRange] = []
        var (start, end) = (0, 0)
        while true {
            ranges.removeAll()
            let item = scanner.next(bytes.span.raw.extracting(start..<end), appendingTo: &ranges)
            switch item {
            case .request(let length):
                let words = ranges.map {
                    String(
                        decoding: bytes[(start + Int($0.offset))..<(start + Int($0.offset + $0.length))],
                        as: UTF8.self)
                }
                items.append(words.joined(separator: " "))
                start += length
            case .annotation(let length): start += length
            case .incomplete:
                if end == bytes.count {
                    if start < end { items.append("torn at \(start)") }
                    return items
                }
                end = min(bytes.count, end + piece)
            case .broken(let reason):
                return items + ["broken at \(start): \(reason)"]
            case .wrongSum: return items + ["wrong sum at \(start)"]
            }
        }
    }

    private func file() -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.append(
            "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n#TS:1700000000\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n")
        var sum = LogChecksum()
        sum.add(buffer.bytes)
        LogAnnotation.appendCheck(sum.value, to: &buffer)
        buffer.append("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n")
        return buffer.bytes.copied()
    }

    @Test func recordsComeInAnyPieces() {
        for piece in 1...120 {
            #expect(scan(file(), piece: piece) == ["SELECT 0", "SET k v", "INCR n"])
        }
    }

    @Test func everyCutEndsWithTheLastWholeRecord() {
        let bytes = file()
        for cut in 0..<bytes.count {
            let items = scan(Array(bytes[..<cut]), piece: 7)
            #expect(items.filter { !$0.hasPrefix("torn") }.count <= 3)
            #expect(!items.contains { $0.hasPrefix("broken") || $0.hasPrefix("wrong") }, "cut at \(cut)")
        }
    }

    @Test func everyFlipInWhatIsSummedIsFound() {
        let bytes = file()
        let summed = bytes.count - 22
        for index in 0..<summed {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                let items = scan(flipped, piece: 1000)
                let isFound = items.last.map {
                    $0.hasPrefix("torn") || $0.hasPrefix("broken") || $0.hasPrefix("wrong")
                }
                // A line that is no longer one with a sum checks nothing: then the records are right.
                #expect(
                    isFound == true || items == ["SELECT 0", "SET k v", "INCR n"],
                    "bit \(bit) of byte \(index)")
            }
        }
    }
}

@Suite struct LogInspectionTests {
    private func record(_ key: String) -> [UInt8] {
        Array("*2\r\n$4\r\nINCR\r\n$\(key.utf8.count)\r\n\(key)\r\n".utf8)
    }

    /// A batch with its checksum.
    private func batch(_ keys: [String], _ sum: inout LogChecksum) -> [UInt8] {
        var buffer = ByteBuffer()
        for key in keys { buffer.append(record(key)) }
        sum.add(buffer.bytes)
        let start = buffer.count
        LogAnnotation.appendCheck(sum.value, to: &buffer)
        sum.add(buffer.bytes.from(start))
        return buffer.bytes.copied()
    }

    private func inspect(_ bytes: [UInt8]) -> LogInspection.Finding {
        var inspection = LogInspection()
        let (taken, broken) = inspection.take(bytes.span.raw)
        return inspection.conclude(rest: bytes.span.raw.from(taken), broken: broken)
    }

    private func file() -> (bytes: [UInt8], lastBatch: Int) {
        var sum = LogChecksum()
        let first = batch(["a", "bb"], &sum) + batch(["ccc"], &sum)
        return (first + batch(["dddd", "e"], &sum), first.count)
    }

    @Test func everyCutIsTornAtItsLastWholeRecord() {
        let (bytes, _) = file()
        #expect(inspect(bytes) == .whole)
        for cut in 1..<bytes.count {
            for zeros in [0, 1, 40] {
                let finding = inspect(Array(bytes[..<cut]) + [UInt8](repeating: 0, count: zeros))
                switch finding {
                case .whole: #expect(zeros == 0)
                case .torn(let end): #expect(end <= cut)
                case .broken(let offset, let reason):
                    Issue.record("cut at \(cut) with \(zeros) zeros: broken at \(offset): \(reason)")
                }
            }
        }
    }

    @Test func everyFlipIsFoundOrHarmless() {
        let (bytes, lastBatch) = file()
        for index in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                switch inspect(flipped) {
                case .whole:
                    #expect(index >= bytes.count - LogAnnotation.checkLength, "byte \(index), bit \(bit)")
                case .torn(let end):
                    #expect(index >= lastBatch && end >= lastBatch, "byte \(index), bit \(bit)")
                case .broken: continue
                }
            }
        }
    }

    @Test func aTransactionThatWasCutIsNotBegun() {
        let begin = Array("*1\r\n$5\r\nMULTI\r\n".utf8)
        let end = Array("*1\r\n$4\r\nEXEC\r\n".utf8)
        #expect(inspect(record("a") + begin + record("b") + end) == .whole)
        #expect(inspect(record("a") + begin + record("b")) == .torn(end: record("a").count))
    }
}
