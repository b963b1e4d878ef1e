import Commands
import Keyspace
import Reactor
import Wire

extension CoreState {
    // MARK: Noting

    /// A command took so many cycles, which is long enough to be worth a look.
    mutating func noteLatency(_ cycles: UInt64, _ command: CommandID) {
        let isFast = CommandTable.profile(of: command).flags.contains(.fast)
        noteLatency(cycles, of: isFast ? .fastCommand : .command)
    }

    /// A slice of active expiry that removed something.
    mutating func noteExpiry(cycles: UInt64) {
        statistics.expireCycles &+= cycles
        noteLatency(cycles, of: .expireCycle)
    }

    /// Something took so many cycles.
    mutating func noteLatency(_ cycles: UInt64, of event: LatencyEvent) {
        guard cycles >= tuning.latencyCycles else { return }
        diagnostics.latency.add(
            event, seconds: now.rawValue / 1000, millis: Int64(Cycles.micros(cycles) / 1000))
    }

    // MARK: LATENCY

    /// LATENCY LATEST
    mutating func latencyLatest(_ slot: Int) -> Progress {
        askAllCores(slot: slot) {
            $0.diagnostics.latency
        } finish: { _, monitors, reply in
            let found = LatencyMonitor.merged(monitors)
            reply.array(found.count)
            for (event, series) in found {
                guard let latest = series.samples.last else { continue }
                reply.array(4)
                reply.bulk(event.name)
                reply.integer(latest.seconds)
                reply.integer(latest.millis)
                reply.integer(series.millisMax)
            }
        }
    }

    /// LATENCY HISTORY event
    mutating func latencyHistory(_ slot: Int, _ call: borrowing Call) -> Progress {
        guard let event = LatencyEvent.named(call.arguments[2].text) else {
            connections[slot].reply.emptyArray()
            return .goOn
        }
        return askAllCores(slot: slot) {
            $0.diagnostics.latency[event]
        } finish: { _, series, reply in
            let samples = LatencySeries.merge(series).samples
            reply.array(samples.count)
            for sample in samples {
                reply.array(2)
                reply.integer(sample.seconds)
                reply.integer(sample.millis)
            }
        }
    }

    /// LATENCY GRAPH event
    mutating func latencyGraph(_ slot: Int, _ call: borrowing Call) -> Progress {
        let name = call.arguments[2].text
        let event = LatencyEvent.named(name)
        let seconds = now.rawValue / 1000
        return askAllCores(slot: slot) { state in
            event.map { state.diagnostics.latency[$0] } ?? LatencySeries()
        } finish: { _, series, reply in
            let merged = LatencySeries.merge(series)
            if merged.isEmpty { return reply.error("ERR No samples available for event '\(name)'") }
            reply.verbatim(LatencyGraph(merged, name: name, at: seconds).text)
        }
    }

    /// LATENCY RESET [event ...]
    mutating func latencyReset(_ slot: Int, _ call: borrowing Call) -> Progress {
        var events = Set<LatencyEvent>()
        for index in 2..<max(2, call.arguments.count) {
            if let event = LatencyEvent.named(call.arguments[index].text) { events.insert(event) }
        }
        if call.arguments.count == 2 { events = Set(LatencyEvent.allCases) }
        let chosen = events
        return askAllCores(slot: slot) { state in
            let had = chosen.filter { !state.diagnostics.latency[$0].isEmpty }
            for event in chosen { state.diagnostics.latency.reset(event) }
            return had
        } finish: { _, had, reply in
            reply.integer(had.reduce(into: Set()) { $0.formUnion($1) }.count)
        }
    }

    /// LATENCY DOCTOR
    mutating func latencyDoctor(_ slot: Int) -> Progress {
        let settings = node.settings
        return askAllCores(slot: slot) {
            $0.diagnostics.latency
        } finish: { _, monitors, reply in
            let doctor = LatencyDoctor(
                isWatching: settings.latencyMonitorMilliseconds > 0, series: LatencyMonitor.merged(monitors),
                slowLogMicros: settings.slowLogMicroseconds,
                thresholdMillis: settings.latencyMonitorMilliseconds)
            reply.verbatim(doctor.report)
        }
    }

    /// LATENCY HISTOGRAM [command ...]
    mutating func latencyHistogram(_ slot: Int, _ call: borrowing Call) -> Progress {
        var rows: [StatIndex] = []
        for index in 2..<max(2, call.arguments.count) {
            rows += StatIndex.rows(named: call.arguments[index].text)
        }
        if call.arguments.count == 2 { rows = StatIndex.all }
        let chosen = rows
        return askAllCores(slot: slot) { state in
            chosen.map { state.statistics.latencies[Int($0.rawValue)] }
        } finish: { _, histograms, reply in
            var found: [(name: String, histogram: LatencyHistogram)] = []
            for (place, row) in chosen.enumerated() {
                var sum = LatencyHistogram()
                for core in histograms { sum.add(core[place]) }
                if !sum.isEmpty, let spec = row.spec { found.append((spec.name, sum)) }
            }
            reply.map(found.count)
            for (name, histogram) in found {
                reply.bulk(name)
                histogram.write(to: &reply)
            }
        }
    }
}

extension LatencyMonitor {
    /// The events that were late on any core.
    static func merged(_ monitors: [LatencyMonitor]) -> [(event: LatencyEvent, series: LatencySeries)] {
        LatencyEvent.allCases.map { event in (event, LatencySeries.merge(monitors.map { $0[event] })) }
            .filter { !$0.series.isEmpty }
    }
}

extension LatencyHistogram {
    /// A map of the number of calls and of the cumulative counts by microseconds.
    func write(to reply: inout ReplyWriter) {
        let rows = cumulative
        reply.map(2)
        reply.bulk("calls" as StaticString)
        reply.integer(Int64(clamping: total))
        reply.bulk("histogram_usec" as StaticString)
        reply.map(rows.count)
        for row in rows {
            reply.integer(Int64(clamping: row.micros))
            reply.integer(Int64(clamping: row.calls))
        }
    }
}

extension StatIndex {
    /// Every command, each followed by its subcommands.
    static var all: [StatIndex] { CommandTable.specs.flatMap { rows(of: $0) } }

    /// A command by name with its subcommands, or one subcommand as `config|get`; empty if there is none.
    static func rows(named name: String) -> [StatIndex] {
        let lower = name.lowercased()
        if let spec = CommandTable.specs.first(where: { $0.name == lower }) { return rows(of: spec) }
        return CommandTable.subcommandSpecs.first { $0.name == lower }?.subcommand.map { [StatIndex($0)] }
            ?? []
    }

    private static func rows(of spec: CommandSpec) -> [StatIndex] {
        [StatIndex(spec.id)] + spec.subcommands.compactMap(\.subcommand).map { StatIndex($0) }
    }
}

extension RawSpan {
    /// The bytes as text; what is no UTF-8 is replaced. For names and messages, not for data.
    var text: String { String(decoding: copied(), as: UTF8.self) }
}
