import Reactor
import Wire

/// Where the map of endpoints comes from: one server, or CLUSTER SLOTS of any server of a cluster. Main thread only.
struct MapSource {
    private let options: BenchOptions
    private let greeting: [UInt8]
    private let greetings: Int

    /// How long a server may take to answer at the start, and when a run waits for the answer.
    private static var patienceMillis: UInt64 { 5000 }
    private static var renewalPatienceMillis: UInt64 { 1000 }

    init(_ options: BenchOptions, greeting: [UInt8], greetings: Int) {
        self.options = options
        self.greeting = greeting
        self.greetings = greetings
    }

    private var seed: SlotTable.Endpoint { SlotTable.Endpoint(host: options.host, port: options.port) }

    /// The map that a run starts with.
    func first() throws(OptionError) -> RunBoard.Map {
        if let path = options.socket {
            let only = SlotTable(only: SlotTable.Endpoint(host: path, port: 0))
            return RunBoard.Map(table: only, addresses: [try Self.local(path)])
        }
        guard options.cluster else {
            return RunBoard.Map(table: SlotTable(only: seed), addresses: [try Self.address(seed)])
        }
        return try Self.map(try ask(seed, millis: Self.patienceMillis))
    }

    /// The map as it is now: of the server that was named, or of any other that was known. With those that ASK named.
    func again(knowing known: RunBoard.Map, asked: Set<SlotTable.Endpoint>) -> RunBoard.Map? {
        for endpoint in [seed] + known.table.endpoints {
            guard var table = try? ask(endpoint, millis: Self.renewalPatienceMillis) else { continue }
            table.add(asked)
            if let map = try? Self.map(table) { return map }
        }
        return nil
    }

    /// A table with the addresses of its servers.
    static func map(_ table: SlotTable) throws(OptionError) -> RunBoard.Map {
        var addresses: [RemoteAddress] = []
        for endpoint in table.endpoints { addresses.append(try address(endpoint)) }
        return RunBoard.Map(table: table, addresses: addresses)
    }

    private func ask(_ endpoint: SlotTable.Endpoint, millis: UInt64) throws(OptionError) -> SlotTable {
        var conversation = try Conversation()
        let reply = try conversation.ask(
            try Self.address(endpoint), greeting: greeting, greetings: greetings,
            question: ["CLUSTER", "SLOTS"], millis: millis)
        guard let table = SlotTable(reply, asked: endpoint.host) else {
            throw OptionError("\(endpoint.host):\(endpoint.port): the answer to CLUSTER SLOTS makes no sense")
        }
        return table
    }

    private static func address(_ endpoint: SlotTable.Endpoint) throws(OptionError) -> RemoteAddress {
        do throws(RemoteAddress.Failure) {
            return try RemoteAddress(host: endpoint.host, port: endpoint.port)
        } catch {
            throw OptionError(error.description)
        }
    }

    private static func local(_ path: String) throws(OptionError) -> RemoteAddress {
        do throws(RemoteAddress.Failure) {
            return try RemoteAddress(path: path)
        } catch {
            throw OptionError(error.description)
        }
    }
}
