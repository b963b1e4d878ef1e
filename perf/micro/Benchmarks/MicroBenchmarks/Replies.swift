import Benchmark
import Wire

func replyBenchmarks() {
    write("replies: OK") { $0.ok() }
    write("replies: integer") { $0.integer(123_456) }
    write("replies: null") { $0.null() }
    for count in [16, 64, 1024] {
        let value = [UInt8](repeating: 0x78, count: count)
        write("replies: bulk of \(count) B") { $0.bulk(value.span.raw) }
    }
    write("replies: array of 4 bulks") { reply in
        reply.array(4)
        for _ in 0..<4 { reply.bulk("value") }
    }
}

/// Writes replies into a buffer that is emptied as a connection's is when its send is over.
private func write(_ name: String, _ one: @escaping @Sendable (inout ReplyWriter) -> Void) {
    Benchmark(name) { benchmark in
        var reply = ReplyWriter()
        for _ in benchmark.scaledIterations {
            if reply.buffer.count > 16 << 10 { reply.buffer.removeAll() }
            one(&reply)
        }
        blackHole(reply.buffer.count)
    }
}
