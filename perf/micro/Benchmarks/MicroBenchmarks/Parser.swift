import Benchmark
import Wire

func parserBenchmarks() {
    parse("parser: GET, pipeline of 16", (0..<16).flatMap { Requests.get($0 * 7919) })
    parse("parser: SET of 64 B, pipeline of 16", (0..<16).flatMap { Requests.set($0 * 7919, 64) })
    parse("parser: SET of 1 KiB, pipeline of 16", (0..<16).flatMap { Requests.set($0 * 7919, 1024) })
    parse(
        "parser: inline GET, pipeline of 16", (0..<16).flatMap { Array("GET \(Requests.name($0))\r\n".utf8) })
    Benchmark("parser: SET of 1 KiB that comes in two pieces") { benchmark in
        let bytes = Requests.set(42, 1024)
        var parser = RequestParser()
        var ranges: [ArgumentRange] = []
        for _ in benchmark.scaledIterations {
            ranges.removeAll(keepingCapacity: true)
            let half = parser.next(bytes.span.raw.extracting(0..<500), limits: .default, appendingTo: &ranges)
            precondition(half == .incomplete, "half a request is none")
            blackHole(parser.next(bytes.span.raw, limits: .default, appendingTo: &ranges))
        }
    }
}

/// Parses a pipeline over and over; an operation is one request of it.
private func parse(_ name: String, _ bytes: [UInt8]) {
    Benchmark(name, configuration: .init(scalingFactor: .kilo)) { benchmark in
        var parser = RequestParser()
        var ranges: [ArgumentRange] = []
        ranges.reserveCapacity(64)
        var offset = 0
        for _ in benchmark.scaledIterations {
            if offset == bytes.count { (offset, _) = (0, ranges.removeAll(keepingCapacity: true)) }
            let rest = bytes.span.raw.extracting(offset..<bytes.count)
            switch parser.next(rest, limits: .default, appendingTo: &ranges) {
            case .request(let length), .inlineRequest(let length): offset += length
            case .incomplete, .failure: preconditionFailure("the pipeline is whole and well-formed")
            }
        }
        blackHole(ranges.count)
    }
}
