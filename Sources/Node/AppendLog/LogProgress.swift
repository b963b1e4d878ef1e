import Logging

// How far the log has been loaded: its base, and then what happened since, as one.
extension LoadFigures {
    /// Of a start from a log; nil where none is being loaded.
    init?(logOf node: NodeContext, nowSeconds: Int64) {
        guard node.logFigures.isReplaying.load(ordering: .relaxed) else { return nil }
        let replay = node.logReplay.withLock { $0 }
        let base = node.persistence.load.withLock { $0 }
        self.init(
            startedSeconds: node.logFigures.replayStartedSeconds.load(ordering: .relaxed),
            bytesTotal: node.logStart.withLock { $0 }.bytes,
            bytesLoaded: replay.map { $0.baseBytes + $0.bytesLoaded } ?? base?.bytesLoaded ?? 0,
            nowSeconds: nowSeconds)
    }

    /// So much of so much in the time since then.
    init(startedSeconds: Int64, bytesTotal: Int, bytesLoaded: Int, nowSeconds: Int64) {
        self.startedSeconds = startedSeconds
        self.bytesTotal = bytesTotal
        self.bytesLoaded = min(bytesLoaded, bytesTotal)
        let elapsed = nowSeconds - startedSeconds
        // In the first second there is nothing to judge by: one second, as Redis.
        let bytesLeft = Double(bytesTotal - self.bytesLoaded)
        secondsLeft =
            elapsed <= 0
            ? 1 : Int64((Double(elapsed) * bytesLeft / Double(max(1, self.bytesLoaded))).rounded(.up))
    }
}

extension CoreState {
    /// Once a second while a log is loaded, on the first core. True if one is.
    mutating func tellLogProgress() -> Bool {
        guard let figures = LoadFigures(logOf: node, nowSeconds: now.rawValue / 1000) else { return false }
        if figures.bytesTotal > 0 {
            node.sink.logger(core: id.index).notice(
                "Loading the append-only file: \(FixedText.decimals(figures.percent, 2)) % of \(figures.bytesTotal) bytes, \(figures.secondsLeft) s to go"
            )
        }
        return true
    }
}

/// Says once a second how far the look through a log is that precedes its loading. Used by the thread that looks.
final class InspectionProgress {
    private let bytesTotal: Int
    private let logger: Logger
    private let beganSeconds = WallClock.micros / 1_000_000
    private var saidSeconds: Int64
    private var bytesDone = 0

    init(bytesTotal: Int, logger: Logger) {
        self.bytesTotal = bytesTotal
        self.logger = logger
        saidSeconds = beganSeconds
    }

    /// So many bytes more have been looked at.
    func add(_ count: Int) {
        bytesDone += count
        let seconds = WallClock.micros / 1_000_000
        guard seconds > saidSeconds else { return }
        saidSeconds = seconds
        let figures = LoadFigures(
            startedSeconds: beganSeconds, bytesTotal: bytesTotal, bytesLoaded: bytesDone, nowSeconds: seconds)
        logger.notice(
            "Checking the append-only file: \(FixedText.decimals(figures.percent, 2)) % of \(bytesTotal) bytes, \(figures.secondsLeft) s to go"
        )
    }
}
