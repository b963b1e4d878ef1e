import Wire

/// CONFIG GET, SET and REWRITE as functions over values. Node finds out who asks and writes the reply.
public enum ConfigCommand {
    /// Names and values for the patterns given, each name once.
    ///
    /// A pattern without `* ? [` is a name, shown as the client wrote it. Redis answers in the order of its hash
    /// table, which differs from start to start; here names asked for by name come first, then the list's order.
    public static func get(_ patterns: [String], from store: SettingsStore) -> [(name: String, value: String)]
    {
        var found: [(name: String, value: String)] = []
        var seen: Set<String> = []
        for pattern in patterns {
            if !pattern.utf8.contains(where: { "*?[".utf8.contains($0) }) {
                if let id = Directive.find(pattern), seen.insert(pattern.lowercased()).inserted {
                    found.append((pattern, store[id]))
                }
                continue
            }
            for (name, id) in Directive.names
            where matches(pattern, name) && seen.insert(name).inserted {
                found.append((name, store[id]))
            }
        }
        return found
    }

    private static func matches(_ pattern: String, _ name: String) -> Bool {
        Glob.matches(
            pattern: Array(pattern.utf8).span.raw, text: Array(name.utf8).span.raw, ignoringCase: true)
    }

    /// Why CONFIG SET changed nothing: the error reply's text, its code included.
    public struct SetError: Error, Equatable, Sendable {
        /// `ERR CONFIG SET failed (possibly related to argument 'hz') - ...`.
        public let text: String

        init(text: String) { self.text = text }

        init(_ argument: String, _ reason: String) {
            text = "ERR CONFIG SET failed (possibly related to argument '\(argument)') - \(reason)"
        }
    }

    /// Sets several directives at once: the new store, or an error and nothing changed.
    ///
    /// - Parameters:
    ///   - arguments: What stands after `CONFIG SET`; the caller has checked that there are at least two.
    ///   - mayChangeGuarded: Whether `enable-protected-configs` admits this client.
    public static func set(
        _ arguments: [String], in store: SettingsStore, mayChangeGuarded: Bool, files: ConfigFiles = .system
    ) throws(SetError) -> SettingsStore {
        guard arguments.count % 2 == 0 else { throw SetError(text: "ERR syntax error") }
        // Redis looks at all names first, then at all values, then acts. An unknown name, being a plain mistake,
        // outranks whatever else may be wrong.
        var changes: [(argument: String, id: DirectiveID, value: String)] = []
        var problem: SetError?
        for index in stride(from: 0, to: arguments.count, by: 2) {
            let argument = arguments[index]
            guard let id = Directive.find(argument) else {
                throw SetError(
                    text: "ERR Unknown option or number of arguments for CONFIG SET - '\(argument)'")
            }
            if problem == nil {
                problem = objection(
                    to: argument, id, mayChangeGuarded: mayChangeGuarded, after: changes.map(\.argument))
            }
            changes.append((argument, id, arguments[index + 1]))
        }
        if let problem { throw problem }
        var changed = store
        for (argument, id, value) in changes {
            do throws(Complaint) {
                let text = try Directive[id].read([value], current: changed[id])
                try Directive[id].check(text, files: files)
                guard Directive[id].change != .afterRestart || text == changed[id] else {
                    throw Complaint("can't be changed while the node runs")
                }
                changed.take(id, text)
            } catch {
                throw SetError(argument, error.text)
            }
        }
        return changed
    }

    private static func objection(
        to argument: String, _ id: DirectiveID, mayChangeGuarded: Bool, after earlier: [String]
    ) -> SetError? {
        switch Directive[id].change {
        case .atStart: return SetError(argument, "can't set immutable config")
        case .guarded where !mayChangeGuarded: return SetError(argument, "can't set protected config")
        case .guarded, .live, .afterRestart:
            // Compared as written names: an alias beside its name is no duplicate to Redis either.
            let isRepeated = earlier.contains { $0.lowercased() == argument.lowercased() }
            return isRepeated ? SetError(argument, "duplicate parameter") : nil
        }
    }

    /// Writes the store into its file. The error reply's text on failure.
    public static func rewrite(
        _ store: SettingsStore, files: ConfigFiles = .system
    ) throws(SetError) {
        guard let file = store.file else {
            throw SetError(text: "ERR The server is running without a config file")
        }
        let old: [UInt8]
        switch files.read(file) {
        case .success(let bytes): old = bytes
        // A file that has gone is written anew, as Redis does.
        case .failure: old = []
        }
        switch files.replace(file, ConfigRewrite.rewritten(old, to: store)) {
        case .success: return
        case .failure(let refusal): throw SetError(text: "ERR Rewriting config file: \(refusal.text)")
        }
    }
}
