import Commands
import Keyspace
import Reactor
import Wire

extension CoreState {
    /// INFO [section ...]
    mutating func info(_ slot: Int, _ call: borrowing Call) -> Progress {
        var words: [String] = []
        for index in 1..<max(1, call.arguments.count) { words.append(call.arguments[index].text) }
        let sections = InfoSection.chosen(by: words)
        let withLatencies = sections.contains(.latencystats)
        return askAllCores(slot: slot) { state in
            state.report(withLatencies: withLatencies)
        } finish: { state, cores, reply in
            reply.verbatim(InfoText.write(sections, of: state.nodeReport(cores)))
        }
    }

    /// What the cores said, with what belongs to the process.
    func nodeReport(_ cores: [CoreReport]) -> NodeReport {
        let store = node.configuration.withLock { $0 }
        var facts = NodeReport.Facts()
        facts.nowMicros = WallClock.micros
        facts.startedAt = node.identity.startedAt
        facts.runID = node.identity.runID
        facts.replicationID = node.identity.replicationID
        facts.processID = ProcessReport.processID
        facts.system = ProcessReport.system
        facts.executable = ProcessReport.executable
        facts.configFile = store.file ?? ""
        facts.corePorts = node.corePorts
        facts.residentBytes = ProcessReport.residentBytes
        facts.machineBytes = Int(clamping: MachineMemory.bytes)
        facts.usedBytesPeak = node.noteUsedBytes()
        facts.usedBytesAtStart = node.usedBytesAtStart.load(ordering: .relaxed)
        facts.processTime = ProcessReport.processTime
        facts.childrenTime = ProcessReport.childrenTime
        facts.isPreparing = node.isPreparing.load(ordering: .relaxed)
        facts.persistence = PersistenceFigures(node.persistence, nowSeconds: facts.nowMicros / 1_000_000)
        if let log = LoadFigures(logOf: node, nowSeconds: facts.nowMicros / 1_000_000) {
            facts.persistence.load = log
        }
        facts.log = LogFacts(node.logFigures, nowSeconds: facts.nowMicros / 1_000_000)
        if log.isOn { facts.log.bytes = node.logFolder.bytes }
        return NodeReport(cores: cores, settings: Settings(store), facts: facts)
    }

    /// CONFIG RESETSTAT
    mutating func resetStatistics(_ slot: Int) -> Progress {
        askAllCores(slot: slot) {
            $0.resetStatistics()
        } finish: { _, _, reply in
            reply.ok()
        }
    }

    private mutating func resetStatistics() {
        let mark = statistics.cyclesMark
        let rates = statistics.rates
        statistics = CoreStatistics()
        statistics.cyclesMark = mark
        statistics.rates = rates
        statistics.rates.restart()
        statistics.shardAtReset = (shard.hits, shard.misses, shard.expired, shard.evicted)
        eviction.resetStatistics()
    }
}
