import Wire

/// The options made ready for one core: what to send, how often, and how it looks. Does not change while it runs.
struct Plan: ~Copyable {
    let options: BenchOptions
    /// The commands of the mix, and behind them what only the population sends.
    let templates: TemplateSet
    /// How many of them belong to the mix.
    let commandCount: Int
    let weights: WeightedDraw
    /// What fills values.
    let filler: ByteBuffer
    /// Which of how many cores this is.
    let core: Int
    let cores: Int
    /// Keys that this core draws from: all, or with verification its share.
    let keyCount: Int
    /// The number of the n-th of them is n * keyStride + keyOffset.
    let keyStride: UInt64
    let keyOffset: UInt64
    /// Keys of the largest command.
    let keysMax: Int
    /// What is said first on every connection, and how many answers it has.
    let greeting: [UInt8]
    let greetingCount: Int

    /// Index of the template that populates.
    var populateCommand: Int { commandCount }
    /// Index of the template that sets counters to zero.
    var counterCommand: Int { commandCount + 1 }
    /// Whether counters must be there before they can be counted.
    let populatesCounters: Bool

    /// Throws if the options contradict each other.
    init(_ options: BenchOptions, core: Int, of cores: Int) throws(OptionError) {
        try options.check(cores: cores)
        // All that can fail comes before anything is stored: what cannot be copied is not half built.
        let keys = try KeyShape(
            prefix: options.keyPrefix, size: options.keySize, keys: options.keys,
            memcached: options.wire == .memcached)
        let sizes = options.valueSizes.bounds
        let isFixed = sizes.count == 1 && !options.verify
        let shapes = Shapes(
            keys: keys, counters: keys.counters,
            fixedValue: isFixed ? ValueText.sample(size: sizes.upperBound) : nil)
        let templates = try Self.templates(options, shapes)
        let weights =
            options.commands.isEmpty ? options.mix.entries.map(\.weight) : options.commands.map(\.weight)

        self.options = options
        self.core = core
        self.cores = cores
        commandCount = weights.count
        self.weights = WeightedDraw(weights)
        keysMax = max(1, templates.entries.map(\.keyCount).max() ?? 1)
        self.templates = templates
        filler = ValueText.filler(sizeMax: sizes.upperBound)
        populatesCounters =
            options.wire == .memcached && options.commands.isEmpty
            && options.mix.entries.contains { $0.kind == .incr }
        keyCount = options.verify ? (options.keys - core + cores - 1) / cores : options.keys
        keyStride = options.verify ? UInt64(cores) : 1
        keyOffset = options.verify ? UInt64(core) : 0
        (greeting, greetingCount) = Self.greeting(options)
    }

    /// The commands, and behind them what only the population sends.
    private static func templates(_ options: BenchOptions, _ shapes: Shapes) throws(OptionError)
        -> TemplateSet
    {
        var templates = TemplateSet()
        for command in options.commands { templates.append(try RequestTemplate.make(command, shapes)) }
        if options.commands.isEmpty {
            for entry in options.mix.entries {
                templates.append(RequestTemplate.make(entry.kind, options, shapes))
            }
        }
        templates.append(RequestTemplate.make(.set, options, shapes))
        templates.append(RequestTemplate.counterReset(shapes))
        return templates
    }

    private static func greeting(_ options: BenchOptions) -> ([UInt8], Int) {
        var text = ByteBuffer()
        var count = 0
        func say(_ words: [String]) {
            text.append("*\(words.count)\r\n")
            for word in words { text.append("$\(word.utf8.count)\r\n\(word)\r\n") }
            count += 1
        }
        switch options.wire {
        case .memcached: break
        case .resp2: if let password = options.password { say(["AUTH", password]) }
        case .resp3:
            if let password = options.password {
                say(["HELLO", "3", "AUTH", "default", password])
            } else {
                say(["HELLO", "3"])
            }
        }
        return (text.bytes.copied(), count)
    }

    /// Connections of one core to an endpoint.
    var lanesPerEndpoint: Int {
        let (each, rest) = options.connections.quotientAndRemainder(dividingBy: cores)
        return each + (core < rest ? 1 : 0)
    }

    /// A core's part of a number that is divided among all.
    func share(of total: Int) -> Int {
        let (each, rest) = total.quotientAndRemainder(dividingBy: cores)
        return each + (core < rest ? 1 : 0)
    }
}

extension BenchOptions {
    /// How many generator cores there are.
    var coreCount: Int { max(1, cpus.count) }

    /// The relations between options.
    func check(cores: Int) throws(OptionError) {
        func require(_ condition: Bool, _ sentence: String) throws(OptionError) {
            if !condition { throw OptionError(sentence) }
        }
        try require(connections >= cores, "--connections must be \(cores) or more: one for each core")
        try require(connections <= 1_000_000, "--connections is a million at most")
        try require((1...100_000).contains(pipeline), "--pipeline lies between 1 and 100000")
        try require((1...Int(UInt32.max)).contains(keys), "--keys lies between 1 and \(UInt32.max)")
        try require((1...10_000).contains(mgetKeys), "--mget-keys lies between 1 and 10000")
        try require(ttl > 0 && ttl <= 1 << 30, "--ttl is above 0 seconds")
        try require(requests.map { $0 > 0 } ?? true, "--requests is above 0")
        try require(duration > 0 && duration <= 1e7, "--duration is above 0 seconds")
        try require(warmup >= 0 && warmup <= 1e6, "--warmup is 0 seconds or more")
        try require(rate.map { $0 > 0 && $0 <= 1e10 } ?? true, "--rate is above 0 operations a second")
        try require(
            !(rate == nil && (poisson || spin)), "--poisson and --spin belong to an open loop: give a --rate")
        let readsMany = commands.isEmpty && mix.entries.contains { $0.kind == .mget }
        if wire == .memcached {
            try require(!cluster, "--cluster is Redis's: it does not go with --protocol memcached")
            try require(commands.isEmpty, "--command is Redis's: it does not go with --protocol memcached")
            try require(password == nil, "--password is Redis's: it does not go with --protocol memcached")
        }
        if cluster {
            try require(
                socket == nil, "--cluster needs addresses that others can name: give --host and --port")
            try require(
                !readsMany || mgetKeys == 1, "--cluster: the keys of one MGET would lie in several slots")
        }
        if verify {
            try require(commands.isEmpty, "--verify knows the commands of --mix only")
            try require(
                valueSizes.bounds.lowerBound >= ValueText.headSize,
                "--verify needs values of \(ValueText.headSize) bytes or more: they say whose they are")
            try require(
                !(wire == .memcached && readsMany),
                "--verify does not know Memcached's answer to several keys")
            try require(
                keys / cores >= 4 * connections * pipeline,
                "--verify writes a key on one connection at a time: give \(4 * connections * pipeline * cores) keys or more"
            )
        }
    }
}
