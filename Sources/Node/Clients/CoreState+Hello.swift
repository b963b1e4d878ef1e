import Commands
import Wire

// Who the client is, and which dialect it wants. On the connection's core.
extension CoreState {
    /// AUTH [username] password
    mutating func auth(_ slot: Int, _ call: borrowing Call) {
        switch call.arguments.count {
        case 2 where tuning.passwordIsEmpty:
            connections[slot].reply.error(
                """
                ERR AUTH <password> called without any password configured for the default user. \
                Are you sure your configuration is correct?
                """)
        case 2: answerLogIn(slot, isAccepted: Password.matches(call.arguments[1], tuning.password))
        case 3: answerLogIn(slot, isAccepted: accepts(call.arguments[1], call.arguments[2]))
        default: connections[slot].reply.syntaxError()
        }
    }

    private mutating func answerLogIn(_ slot: Int, isAccepted: Bool) {
        guard isAccepted else { return connections[slot].reply.error(Self.wrongPassword) }
        connections[slot].flags.insert(.authenticated)
        connections[slot].reply.ok()
    }

    /// There is one user. Without a password, any will do.
    private func accepts(_ user: RawSpan, _ password: RawSpan) -> Bool {
        user.spellsExactly("default")
            && (tuning.passwordIsEmpty || Password.matches(password, tuning.password))
    }

    private static var wrongPassword: StaticString {
        "WRONGPASS invalid username-password pair or user is disabled."
    }

    /// HELLO [version [AUTH username password] [SETNAME name]]
    mutating func hello(_ slot: Int, _ call: borrowing Call) {
        var version: RESPVersion?
        if call.arguments.count > 1 {
            guard let number = Decimal.parse(call.arguments[1]) else {
                return connections[slot].reply.error("ERR Protocol version is not an integer or out of range")
            }
            version = UInt8(exactly: number).flatMap(RESPVersion.init)
            if version == nil { return connections[slot].reply.error("NOPROTO unsupported protocol version") }
        }
        guard let options = helloOptions(slot, call) else { return }
        if let user = options.user {
            guard accepts(call.arguments[user], call.arguments[user + 1]) else {
                return connections[slot].reply.error(Self.wrongPassword)
            }
            connections[slot].flags.insert(.authenticated)
        }
        guard connections[slot].flags.contains(.authenticated) else {
            return connections[slot].reply.error(
                """
                NOAUTH HELLO must be called with the client already authenticated, otherwise the \
                HELLO AUTH <user> <pass> option can be used to authenticate the client and \
                select the RESP protocol version at the same time
                """)
        }
        if let name = options.name { setName(slot, call.arguments[name]) }
        if let version { connections[slot].reply.version = version }
        writeGreeting(slot)
    }

    /// Where the user (before its password) and the name stand among the arguments; nil if something is wrong, and
    /// has been answered.
    private mutating func helloOptions(_ slot: Int, _ call: borrowing Call) -> (user: Int?, name: Int?)? {
        var options: (user: Int?, name: Int?) = (nil, nil)
        var index = 2
        while index < call.arguments.count {
            let option = call.arguments[index]
            let left = call.arguments.count - 1 - index
            if option.spells("auth"), left >= 2 {
                options.user = index + 1
                index += 3
            } else if option.spells("setname"), left >= 1 {
                guard ClientWord.isPlain(call.arguments[index + 1]) else {
                    connections[slot].reply.error(ClientWord.nameRefusal)
                    return nil
                }
                options.name = index + 1
                index += 2
            } else {
                connections[slot].reply.error("ERR Syntax error in HELLO option '", quoting: option, "'")
                return nil
            }
        }
        return options
    }

    private mutating func writeGreeting(_ slot: Int) {
        let id = connections[slot].id
        let version = connections[slot].reply.version
        connections[slot].reply.map(7)
        connections[slot].reply.bulk("server" as StaticString)
        connections[slot].reply.bulk(Compatibility.server)
        connections[slot].reply.bulk("version" as StaticString)
        connections[slot].reply.bulk(Compatibility.version)
        connections[slot].reply.bulk("proto" as StaticString)
        connections[slot].reply.integer(Int(version.rawValue))
        connections[slot].reply.bulk("id" as StaticString)
        connections[slot].reply.integer(Int(id))
        connections[slot].reply.bulk("mode" as StaticString)
        connections[slot].reply.bulk(hasCluster ? "cluster" as StaticString : "standalone")
        connections[slot].reply.bulk("role" as StaticString)
        connections[slot].reply.bulk("master" as StaticString)
        connections[slot].reply.bulk("modules" as StaticString)
        connections[slot].reply.emptyArray()
    }
}
