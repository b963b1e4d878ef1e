import Benchmark
import Commands
import Keyspace
import Wire

/// The whole way of a pipeline on its own core, but for the ring: parse all, hash and prefetch, execute, reply.
func pathBenchmarks() {
    path("path: 16 GETs of 64 B, parsed to replied", (0..<16).flatMap { Requests.get($0 * 61 % 1000) }, .get)
    path(
        "path: 16 SETs of 64 B, parsed to replied", (0..<16).flatMap { Requests.set($0 * 61 % 1000, 64) },
        .set)
}

/// One request of the pipeline, parsed.
private struct Pending {
    var start: Int
    var length: Int
    var firstRange: Int
    var command: CommandID
    var hash: KeyHash
}

private func path(_ name: String, _ bytes: [UInt8], _ command: CommandID) {
    Benchmark(name) { benchmark in
        var shard = Shard.filled(1000)
        let commands = CommandIndex()
        var parser = RequestParser()
        var ranges: [ArgumentRange] = []
        var batch: [Pending] = []
        var reply = ReplyWriter()
        benchmark.startMeasurement()
        for _ in 0..<benchmark.scaledIterations.count / 16 {
            parse(bytes.span.raw, &parser, commands, shard, &ranges, &batch)
            for request in batch { shard.prefetchEntry(request.hash, in: db) }
            for request in batch {
                let arguments = Arguments(
                    bytes: bytes.span.raw.extracting(request.start..<request.start + request.length),
                    ranges: ranges.span.extracting(request.firstRange...))
                let call = Call(
                    request.command, arguments, hash: request.hash, database: db, now: epoch, random: 1)
                Executor.execute(call, on: &shard, reply: &reply)
            }
            blackHole(reply.buffer.count)
            reply.buffer.removeAll()
        }
        benchmark.stopMeasurement()
        precondition(
            shard.count(in: db) == 1000 && batch.allSatisfy { $0.command == command },
            "the path is \(command)'s")
    }
}

private func parse(
    _ bytes: RawSpan, _ parser: inout RequestParser, _ commands: borrowing CommandIndex,
    _ shard: borrowing Shard,
    _ ranges: inout [ArgumentRange], _ batch: inout [Pending]
) {
    ranges.removeAll(keepingCapacity: true)
    batch.removeAll(keepingCapacity: true)
    var offset = 0
    while offset < bytes.byteCount {
        let first = ranges.count
        let rest = bytes.extracting(offset..<bytes.byteCount)
        guard case .request(let length) = parser.next(rest, limits: .default, appendingTo: &ranges) else {
            preconditionFailure("the pipeline is whole and well-formed")
        }
        let arguments = Arguments(bytes: rest, ranges: ranges.span.extracting(first...))
        guard let command = commands.find(arguments[0]) else { preconditionFailure("a command of the table") }
        let hash = shard.hash(arguments[1])
        shard.prefetchBucket(hash, in: db)
        batch.append(Pending(start: offset, length: length, firstRange: first, command: command, hash: hash))
        offset += length
    }
}
