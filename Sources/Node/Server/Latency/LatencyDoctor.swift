/// What LATENCY DOCTOR says. Pure: findings in, prose out.
struct LatencyDoctor {
    var isWatching: Bool
    var series: [(event: LatencyEvent, series: LatencySeries)]
    /// Commands that are slower than this many microseconds stand in the slow log; negative: none do.
    var slowLogMicros: Int64
    var thresholdMillis: Int64

    var report: String {
        guard isWatching else {
            return """
                Nothing is being watched: latency-monitor-threshold is 0. To record what is late by so many \
                milliseconds or more, say CONFIG SET latency-monitor-threshold <milliseconds>.

                """
        }
        let found = series.filter { !$0.series.isEmpty }
        guard !found.isEmpty else { return "All is well: nothing has been late since the last reset.\n" }
        var lines = ["Late since the last reset:", ""]
        for (number, (event, series)) in found.enumerated() {
            lines.append("\(number + 1). \(event.name): \(Self.summary(of: series))")
        }
        lines += ["", "What may help:", ""] + advice(found.map(\.event)).map { "- \($0)" } + [""]
        return lines.joined(separator: "\n")
    }

    private static func summary(of series: LatencySeries) -> String {
        let millis = series.samples.map(\.millis)
        let mean = millis.reduce(0, +) / Int64(max(1, millis.count))
        let deviation = millis.map { abs($0 - mean) }.reduce(0, +) / Int64(max(1, millis.count))
        return "\(millis.count) late seconds, \(mean) ms on average (mean deviation \(deviation) ms), "
            + "worst \(series.millisMax) ms"
    }

    private func advice(_ events: [LatencyEvent]) -> [String] {
        var advice: [String] = []
        if events.contains(.command) || events.contains(.fastCommand) {
            if slowLogMicros < 0 || slowLogMicros > thresholdMillis * 1000 {
                advice.append(
                    "The slow log misses commands that are late: CONFIG SET slowlog-log-slower-than "
                        + "\(thresholdMillis * 1000).")
            }
            advice.append("SLOWLOG GET shows which commands took long; KEYS and FLUSHALL of many keys do.")
        }
        if events.contains(.fastCommand) {
            advice.append(
                "A command that should be fast was not: another program may have had the processor.")
        }
        if events.contains(.expireCycle) {
            advice.append("Many keys end at the same moment: spread their expiry times.")
        }
        if events.contains(.evictionCycle) || events.contains(.evictionDel) {
            advice.append(
                "Evicting took long: lower maxmemory-eviction-tenacity, or store large values in pieces.")
        }
        if events.contains(.fork) {
            advice.append(
                "The instant of a snapshot waits until every core has looked up from its work: a command over many keys, or "
                    + "another program on a core's processor, was in its way.")
        }
        if events.contains(.snapshotSlice) {
            advice.append("A value of many megabytes is written in one piece: store it in pieces.")
        }
        if events.contains(.rdbUnlinkTempFile) {
            advice.append("Snapshots fail, and what they leave takes long to remove: the log says why.")
        }
        return advice + logAdvice(events)
    }

    /// What helps a disk that is late.
    private func logAdvice(_ events: [LatencyEvent]) -> [String] {
        var advice: [String] = []
        if events.contains(.aofFsyncAlways) {
            advice.append(
                "Replies wait for the disk: appendfsync everysec does not, and a power cut then costs a second."
            )
        }
        if events.contains(.aofWritePendingFsync) {
            advice.append(
                "The log was written while the disk was busy with what came before: see who else writes to it "
                    + "(iostat -x 1, iotop).")
        }
        if events.contains(.aofWriteActiveChild) {
            advice.append(
                "The log was written beside a snapshot: put dir on a disk of its own, or set "
                    + "no-appendfsync-on-rewrite to yes and accept what that may cost.")
        }
        if events.contains(.aofWriteAlone) || events.contains(.aofFstat) || events.contains(.aofRename) {
            advice.append("The file system was late with nothing else to do here: look at the disk's health.")
        }
        return advice
    }
}
