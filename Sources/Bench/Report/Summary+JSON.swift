import Histogram

extension Summary {
    /// The result as JSON, version 1. Times are in the unit that their name says.
    public var json: String {
        var json = JSONText()
        json.object { json in
            json.key("version")
            json.integer(1)
            json.key("config")
            writeConfig(&json)
            writeTotals(&json)
            json.key("latencyMicros")
            write(LatencyFigures(latency), &json)
            json.key("percentiles")
            writePercentiles(&json)
            if options.rate != nil {
                // How late requests left: beyond some µs the generator, not the server, was the limit.
                json.key("sendDelayMicros")
                write(LatencyFigures(tally.lateness), &json)
            }
            json.key("commands")
            json.object { json in
                for command in tally.commands {
                    json.key(command.name)
                    json.object { json in
                        json.key("operations")
                        json.integer(command.latency.totalCount)
                        json.key("keys")
                        json.integer(command.keys)
                        json.key("latencyMicros")
                        write(LatencyFigures(command.latency), &json)
                    }
                }
            }
        }
        return json.text + "\n"
    }

    private func writeTotals(_ json: inout JSONText) {
        json.key("elapsedSeconds")
        json.number(elapsedSeconds, digits: 6)
        json.key("operations")
        json.integer(operations)
        json.key("operationsPerSecond")
        json.number(operationsPerSecond)
        json.key("keysPerSecond")
        json.number(keysPerSecond)
        json.key("offeredPerSecond")
        if let rate = options.rate { json.number(rate) } else { json.null() }
        json.key("errors")
        json.integer(tally.errors)
        json.key("errorSamples")
        json.array { json in
            for (text, count) in tally.errorSamples.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                json.string(count == 1 ? text : "\(text) (\(count) times)")
            }
        }
        json.key("wrongAnswers")
        json.integer(tally.wrongAnswers)
        json.key("wrongSamples")
        json.array { json in for text in tally.wrongSamples { json.string(text) } }
        let counts: [(String, UInt64)] = [
            ("hits", tally.hits), ("misses", tally.misses), ("moved", tally.moved), ("asked", tally.asked),
            ("unsent", tally.unsent), ("connectionsFailed", tally.connectionsFailed),
            ("bytesSent", tally.bytesSent),
            ("bytesReceived", tally.bytesReceived),
        ]
        for (name, count) in counts {
            json.key(name)
            json.integer(count)
        }
        json.key("cpuSeconds")
        json.object { json in
            json.key("user")
            json.number(tally.userSeconds, digits: 6)
            json.key("system")
            json.number(tally.systemSeconds, digits: 6)
        }
    }

    private func write(_ figures: LatencyFigures, _ json: inout JSONText) {
        let fields: [(String, Double)] = [
            ("min", figures.min), ("mean", figures.mean), ("p50", figures.p50), ("p90", figures.p90),
            ("p99", figures.p99), ("p99.9", figures.p999), ("max", figures.max),
        ]
        json.object { json in
            for (name, value) in fields {
                json.key(name)
                json.number(value)
            }
        }
    }

    /// [percent, µs], denser towards 100: what a percentile curve needs.
    private func writePercentiles(_ json: inout JSONText) {
        json.array { json in
            guard latency.totalCount > 0 else { return }
            for step in latency.percentiles(ticksPerHalfDistance: 5) {
                json.array { json in
                    json.number(step.percentileLevelIteratedTo, digits: 6)
                    json.number(Double(min(step.value, latency.max)) / 1000)
                }
            }
        }
    }

    /// Every option, by its name on the command line.
    private func writeConfig(_ json: inout JSONText) {
        json.object { json in
            for (name, value) in options.fields {
                json.key(name)
                switch value {
                case .text(let text): json.string(text)
                case .integer(let number): json.integer(number)
                case .number(let number): json.number(number, digits: 6)
                case .flag(let flag): json.boolean(flag)
                case .list(let texts): json.array { json in for text in texts { json.string(text) } }
                case .none: json.null()
                }
            }
        }
    }
}
