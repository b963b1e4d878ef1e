/// Every subcommand, container by container. The raw value indexes `CommandTable.subcommandSpecs`.
public enum SubcommandID: UInt16, CaseIterable, BitwiseCopyable, Sendable {
    case objectEncoding, objectFreq, objectIdleTime, objectRefCount, objectHelp
    case clientID, clientInfo, clientList, clientSetName, clientGetName, clientSetInfo, clientKill,
        clientPause, clientUnpause, clientReply, clientNoEvict, clientNoTouch, clientGetRedir,
        clientTrackingInfo, clientHelp
    case commandCount, commandList, commandInfo, commandDocs, commandGetKeys, commandGetKeysAndFlags,
        commandHelp
    case configGet, configSet, configResetStat, configRewrite, configHelp
    case memoryUsage, memoryStats, memoryDoctor, memoryPurge, memoryHelp
    case latencyLatest, latencyHistory, latencyReset, latencyHistogram, latencyGraph, latencyDoctor,
        latencyHelp
    case slowlogGet, slowlogLen, slowlogReset, slowlogHelp
    case clusterSlots, clusterShards, clusterNodes, clusterInfo, clusterKeySlot, clusterMyID, clusterHelp
    case functionFlush, functionHelp

    /// The command it belongs to.
    public var container: CommandID {
        switch self {
        case .objectEncoding, .objectFreq, .objectIdleTime, .objectRefCount, .objectHelp:
            .object
        case .clientID, .clientInfo, .clientList, .clientSetName, .clientGetName, .clientSetInfo,
            .clientKill, .clientPause, .clientUnpause, .clientReply, .clientNoEvict, .clientNoTouch,
            .clientGetRedir, .clientTrackingInfo, .clientHelp:
            .client
        case .commandCount, .commandList, .commandInfo, .commandDocs, .commandGetKeys,
            .commandGetKeysAndFlags, .commandHelp:
            .command
        case .configGet, .configSet, .configResetStat, .configRewrite, .configHelp:
            .config
        case .memoryUsage, .memoryStats, .memoryDoctor, .memoryPurge, .memoryHelp:
            .memory
        case .latencyLatest, .latencyHistory, .latencyReset, .latencyHistogram, .latencyGraph,
            .latencyDoctor, .latencyHelp:
            .latency
        case .slowlogGet, .slowlogLen, .slowlogReset, .slowlogHelp:
            .slowlog
        case .clusterSlots, .clusterShards, .clusterNodes, .clusterInfo, .clusterKeySlot, .clusterMyID,
            .clusterHelp:
            .cluster
        case .functionFlush, .functionHelp:
            .function
        }
    }
}
