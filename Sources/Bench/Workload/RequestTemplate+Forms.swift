// The form of each command in each protocol.
extension RequestTemplate {
    /// One of the commands of a mix.
    static func make(_ kind: CommandKind, _ options: BenchOptions, _ shapes: Shapes) -> RequestTemplate {
        let memcached = options.wire == .memcached
        let shape = kind == .incr ? shapes.counters : shapes.keys
        var builder = TemplateBuilder(shape, fixedValue: shapes.fixedValue, isMemcached: memcached)
        if memcached {
            text(kind, options, &builder)
        } else {
            resp(kind, options, &builder)
        }
        return RequestTemplate(builder, kind: kind, name: kind.rawValue)
    }

    private static func resp(_ kind: CommandKind, _ options: BenchOptions, _ builder: inout TemplateBuilder) {
        switch kind {
        case .get:
            builder.literal("*2\r\n$3\r\nGET\r\n")
            builder.keyArgument()
        case .set:
            builder.literal("*3\r\n$3\r\nSET\r\n")
            builder.keyArgument()
            builder.value()
        case .setex:
            builder.literal("*4\r\n$5\r\nSETEX\r\n")
            builder.keyArgument()
            builder.argument("\(options.ttl)")
            builder.value()
        case .mget:
            builder.literal("*\(options.mgetKeys + 1)\r\n$4\r\nMGET\r\n")
            for _ in 0..<options.mgetKeys { builder.keyArgument() }
        case .incr:
            builder.literal("*2\r\n$4\r\nINCR\r\n")
            builder.keyArgument()
        case .del:
            builder.literal("*2\r\n$3\r\nDEL\r\n")
            builder.keyArgument()
        case .custom: preconditionFailure("a custom command has words of its own")
        }
    }

    /// https://github.com/memcached/memcached/blob/master/doc/protocol.txt
    private static func text(_ kind: CommandKind, _ options: BenchOptions, _ builder: inout TemplateBuilder) {
        switch kind {
        case .get:
            builder.literal("get ")
            builder.key()
            builder.literal("\r\n")
        case .mget:
            builder.literal("get")
            for _ in 0..<options.mgetKeys {
                builder.literal(" ")
                builder.key()
            }
            builder.literal("\r\n")
        case .set, .setex:
            builder.literal("set ")
            builder.key()
            builder.literal(" 0 \(kind == .set ? 0 : options.ttl) ")
            builder.value()
        case .incr:
            builder.literal("incr ")
            builder.key()
            builder.literal(" 1\r\n")
        case .del:
            builder.literal("delete ")
            builder.key()
            builder.literal("\r\n")
        case .custom: preconditionFailure("a custom command has words of its own")
        }
    }

    /// A counter at zero: Memcached counts only what is there.
    static func counterReset(_ shapes: Shapes) -> RequestTemplate {
        var builder = TemplateBuilder(shapes.counters, fixedValue: [UInt8(ascii: "0")], isMemcached: true)
        builder.literal("set ")
        builder.key()
        builder.literal(" 0 0 ")
        builder.value()
        return RequestTemplate(builder, kind: .custom, name: "populate")
    }

    /// The user's own words as a RESP request.
    static func make(_ command: CommandText, _ shapes: Shapes) throws(OptionError) -> RequestTemplate {
        var builder = TemplateBuilder(shapes.keys, fixedValue: shapes.fixedValue, isMemcached: false)
        builder.literal("*\(command.words.count)\r\n")
        for word in command.words {
            if word == valueMark {
                builder.value()
                continue
            }
            guard split(word, at: valueMark).count == 1 else {
                throw OptionError("--command \(command.text): __value__ has to be a word of its own")
            }
            let parts = split(word, at: keyMark)
            let size = parts.map(\.count).reduce(0, +) + (parts.count - 1) * shapes.keys.size
            builder.literal("$\(size)\r\n")
            for (index, part) in parts.enumerated() {
                if index > 0 { builder.key() }
                builder.literal(part)
            }
            builder.literal("\r\n")
        }
        return RequestTemplate(
            builder, kind: .custom, name: String(decoding: command.words[0], as: UTF8.self))
    }

    private static let keyMark = Array("__key__".utf8)
    private static let valueMark = Array("__value__".utf8)

    /// What stands between the occurrences of `mark`.
    static func split(_ word: [UInt8], at mark: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var rest = word[...]
        while let byte = rest.first {
            if rest.starts(with: mark) {
                parts.append([])
                rest = rest.dropFirst(mark.count)
            } else {
                parts[parts.count - 1].append(byte)
                rest = rest.dropFirst()
            }
        }
        return parts
    }
}

/// What keys and values look like in a run.
struct Shapes {
    let keys: KeyShape
    let counters: KeyShape
    /// The value, if it is always the same.
    let fixedValue: [UInt8]?
}
