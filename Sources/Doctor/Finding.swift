/// What one check found.
public struct Finding: Equatable, Sendable {
    /// How it stands.
    public enum State: String, Sendable, CaseIterable {
        /// As it should be.
        case ok
        /// A node runs, but slower, or smaller than it was told to be.
        case warn
        /// A node does not start, or will be killed.
        case fail
        /// It cannot be told from here.
        case unknown
    }

    /// The check's name.
    public let name: String
    /// How it stands.
    public let state: State
    /// What was found, with the numbers.
    public let found: String
    /// Why it matters, in a sentence.
    public let why: String
    /// A command line, or what to do where there is none; nil when there is nothing to do.
    public let remedy: String?

    init(name: String, why: String, verdict: Verdict) {
        self.name = name
        self.why = why
        switch verdict {
        case .ok(let found): (state, self.found, remedy) = (.ok, found, nil)
        case .warn(let found, let remedy): (state, self.found, self.remedy) = (.warn, found, remedy)
        case .fail(let found, let remedy): (state, self.found, self.remedy) = (.fail, found, remedy)
        case .unknown(let found): (state, self.found, remedy) = (.unknown, found, nil)
        }
    }
}
