extension BenchOptions {
    /// The value of an option, for reports.
    enum Field: Equatable {
        case text(String)
        case integer(Int)
        case number(Double)
        case flag(Bool)
        case list([String])
        case none
    }

    /// Every option by its name on the command line, in its order. A password is only said to be there.
    var fields: [(String, Field)] {
        [
            ("host", .text(host)), ("port", .integer(Int(port))),
            ("socket", socket.map { .text($0) } ?? .none), ("protocol", .text(wire.rawValue)),
            ("cluster", .flag(cluster)), ("password", password == nil ? .none : .text("(given)")),
            ("cpus", .text(cpus.map { "\($0)" }.joined(separator: ","))),
            ("connections", .integer(connections)), ("pipeline", .integer(pipeline)),
            ("rate", rate.map { .number($0) } ?? .none), ("poisson", .flag(poisson)), ("spin", .flag(spin)),
            ("duration", requests == nil ? .number(duration) : .none),
            ("requests", requests.map { .integer($0) } ?? .none), ("warmup", .number(warmup)),
            ("keys", .integer(keys)), ("key-prefix", .text(keyPrefix)),
            ("key-size", keySize.map { .integer($0) } ?? .none),
            ("distribution", .text(distribution.description)), ("value-size", .text(valueSizes.description)),
            ("mix", commands.isEmpty ? .text(mix.description) : .none), ("mget-keys", .integer(mgetKeys)),
            ("ttl", .integer(ttl)), ("command", .list(commands.map(\.description))),
            ("populate", .flag(populate)), ("verify", .flag(verify)), ("seed", .text("\(seed)")),
        ]
    }
}
