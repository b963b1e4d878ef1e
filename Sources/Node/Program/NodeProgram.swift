import CShims
import Glibc
import Keyspace
import Logging
import Reactor

/// From settings to a running node, and back to an exit code. Main thread only.
public enum NodeProgram {
    /// What the node calls itself.
    public static let version = "0.1.0"
    /// So long the cores wait for what the node starts from; what takes longer clients are told to wait for.
    private static let patienceMillis = 200

    /// Works in the folder of `dir` from now on: what has a relative path (the log, the snapshot) lies there. Why not, if
    /// it cannot.
    public static func enterFolder(_ settings: Settings) -> String? {
        settings.folder.isEmpty ? nil : ProcessReport.enterFolder(settings.folder)
    }

    /// Starts the node and returns when it has stopped: 0 after an orderly stop, 1 if it could not start.
    ///
    /// - Parameters:
    ///   - store: the directives as given, for CONFIG.
    ///   - sink: where log lines go.
    public static func run(_ settings: Settings, store: SettingsStore, sink: LogSink) -> Int32 {
        Signals.block()
        let logger = sink.logger()
        raiseDescriptorLimit(for: settings, logger)
        let cpus = chosenCPUs(settings)
        warnOfForbidden(cpus, logger)
        let doors: Doors
        do {
            doors = try Doors.open(settings, coreCount: cpus.count)
        } catch {
            logger.critical("\(error)")
            return 1
        }
        let node = NodeContext(
            coreCount: cpus.count, identity: .new(coreCount: cpus.count), store: store,
            sink: sink, corePorts: doors.corePorts)
        let gate = StartGate(coreCount: cpus.count)
        let preparation = StartPreparation(node, settings, gate)
        do throws(PinnedThread.Failure) {
            try preparation.begin()
        } catch {
            logger.critical("\(error.description)")
            doors.close()
            return 1
        }
        if preparation.isRefused(withinMillis: patienceMillis) {
            doors.close()
            return 1
        }
        let threads = Self.start(node, settings, doors, cpus, gate)
        if let failure = gate.open() {
            logger.critical("\(failure)")
            threads.joinAll()
            return 1
        }
        for line in banner(settings, cpus, doors, gate).lines { logger.notice("\(line)") }
        var voice = ServiceVoice(manager: ServiceManager(), node: node, logger: logger)
        voice.ready()
        serve(node, gate, sink, logger, &voice)
        voice.stopping()
        stop(node, gate)
        threads.joinAll()
        // A snapshot that was under way is not finished any more.
        if let path = node.persistence.temporaryPath.withLock({ $0 }) { try? SystemDisk().remove(path) }
        doors.close()
        voice.close()
        logger.notice("stopped")
        sink.flush()
        return node.exitCode.load(ordering: .acquiring)
    }

    /// Sits until somebody wants the node to stop.
    private static func serve(
        _ node: NodeContext, _ gate: StartGate, _ sink: LogSink, _ logger: Logger,
        _ voice: inout ServiceVoice
    ) {
        while true {
            switch Signals.next(withinNanos: voice.intervalNanos) {
            case .nothing: break
            case .reopenLog: sink.reopen()
            case .stop:
                guard node.settings.savePoints.isEmpty else {
                    logger.notice("asked to stop: saving first")
                    node.persistence.isAskedToStop.store(true, ordering: .sequentiallyConsistent)
                    gate.wakeAll()
                    continue
                }
                logger.notice("asked to stop: finishing what is in flight")
                return
            case .coreEnded: return
            }
            voice.beat()
        }
    }

    /// Tells every core.
    private static func stop(_ node: NodeContext, _ gate: StartGate) {
        node.isStopping.store(true, ordering: .sequentiallyConsistent)
        gate.wakeAll()
    }

    private static func start(
        _ node: NodeContext, _ settings: Settings, _ doors: Doors, _ cpus: [CPU], _ gate: StartGate
    ) -> CoreThreads {
        var threads = CoreThreads()
        let seed = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
        for (index, cpu) in cpus.enumerated() {
            let core = CoreThread(
                id: CoreID(index), cpu: cpu, node: node, settings: settings,
                listeners: doors.listeners(of: CoreID(index)), hashSeed: seed, gate: gate)
            do throws(PinnedThread.Failure) {
                threads.append(
                    try PinnedThread(name: "core-\(index)", cpu: settings.cpuPinning ? cpu : nil) {
                        core.run()
                    })
            } catch {
                gate.report(CoreID(index), .failed(error.description))
            }
        }
        return threads
    }

    private static func chosenCPUs(_ settings: Settings) -> [CPU] {
        settings.cpus.isEmpty ? Affinity.allowedCPUs() : settings.cpus.map { CPU(number: $0) }
    }

    /// A thread that cannot be bound runs where the system puts it.
    private static func warnOfForbidden(_ cpus: [CPU], _ logger: Logger) {
        let allowed = Affinity.allowedCPUs()
        let forbidden = cpus.filter { !allowed.contains($0) }.map(\.number)
        guard !forbidden.isEmpty else { return }
        logger.warning("cpus names \(CPUList.text(forbidden)), where this process may not run: not bound")
    }

    /// Each client needs a descriptor, and so do rings, logs and files.
    private static func raiseDescriptorLimit(for settings: Settings, _ logger: Logger) {
        let wanted = settings.descriptorsNeeded(coreCount: chosenCPUs(settings).count)
        let granted = ProcessReport.raiseDescriptorLimit(to: wanted)
        if granted < wanted {
            logger.warning(
                "maxclients \(settings.maxClients) needs \(wanted) open files; the system allows \(granted)")
        }
    }

    private static func banner(
        _ settings: Settings, _ cpus: [CPU], _ doors: Doors, _ gate: StartGate
    ) -> Banner {
        Banner(
            version: version, kernel: gate.features?.kernel ?? "",
            ringFeatures: gate.features?.names ?? "",
            cores: cpus.map { ($0.number, $0.numaNode) }, machineBytes: MachineMemory.bytes,
            maxMemoryBytes: settings.maxMemoryBytes, hugePages: settings.hugePages,
            endpoints: doors.endpoints,
            corePorts: doors.corePorts, processID: getpid())
    }
}

/// The threads of the cores.
struct CoreThreads: ~Copyable {
    private var threads: [Joinable] = []

    /// A thread that waits to be joined; arrays hold no move-only values.
    private final class Joinable {
        var thread: PinnedThread?
        init(_ thread: consuming PinnedThread) { self.thread = consume thread }
    }

    mutating func append(_ thread: consuming PinnedThread) { threads.append(Joinable(thread)) }

    func joinAll() {
        for joinable in threads {
            if let thread = joinable.thread.take() { thread.join() }
        }
    }
}
