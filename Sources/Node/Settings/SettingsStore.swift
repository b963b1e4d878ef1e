/// Every directive's value, as text. A plain value: copy it, change the copy, throw it away if the change fails.
///
/// One copy lives with whoever answers `CONFIG`; the cores get the typed `Settings` made from it.
public struct SettingsStore: Sendable {
    /// By `DirectiveID`.
    private var texts: [String]
    /// Whether somebody set it, be it to the default.
    private var given: [Bool]
    /// The file that `CONFIG REWRITE` writes; nil when the node was started without one.
    public var file: String?

    /// Every directive at its default.
    public init() {
        texts = Directive.all.map(\.defaultText)
        given = Directive.all.map { _ in false }
    }

    /// A value, as `CONFIG GET` shows it.
    public subscript(_ id: DirectiveID) -> String { texts[id.index] }

    /// The value of a directive that exists.
    public subscript(_ name: String) -> String {
        guard let id = Directive.find(name) else { preconditionFailure("no directive is called \(name)") }
        return texts[id.index]
    }

    /// Whether the file, the command line or `CONFIG SET` gave it.
    public func isGiven(_ id: DirectiveID) -> Bool { given[id.index] }

    /// Takes a value that `Directive.read` made.
    mutating func take(_ id: DirectiveID, _ text: String) {
        texts[id.index] = text
        given[id.index] = true
    }

    /// A value that follows from the surroundings, such as the working folder. Nobody gave it.
    mutating func assume(_ name: String, _ text: String) {
        guard let id = Directive.find(name) else { preconditionFailure("no directive is called \(name)") }
        texts[id.index] = text
    }

    func flag(_ name: String) -> Bool { self[name] == "yes" }

    /// The lists check ranges, so what is kept parses; 0 is for a list and a reader that do not agree (tests look).
    func integer<Number: FixedWidthInteger>(_ name: String) -> Number { Number(self[name]) ?? 0 }

    /// Sentences about directives that were given and have no effect: one a reason.
    public func notes() -> [String] {
        var names: [String: [String]] = [:]
        var reasons: [String] = []
        for (index, directive) in Directive.all.enumerated() where given[index] {
            guard case .accepted(let reason) = directive.standing, texts[index] != directive.defaultText
            else {
                continue
            }
            if names[reason] == nil { reasons.append(reason) }
            names[reason, default: []].append(directive.name)
        }
        return reasons.map { "accepted without effect (\($0)): " + (names[$0] ?? []).joined(separator: ", ") }
    }
}
