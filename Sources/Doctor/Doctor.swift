/// What a node needs of the machine it is about to run on, checked here and now. Reads a few small files of the
/// kernel's once, tries a ring, and judges; changes nothing, and is no part of the data path.
///
/// `Surroundings` is what was found, `Doctor.checks` is the one list of what is looked at, a `Finding` is the verdict:
/// its state, why it matters, and the command that would change it.
import Node

/// Examines a machine on behalf of a node with given settings.
public enum Doctor {
    /// Every check, in the order in which a report shows them: what keeps a node from starting comes first.
    static let checks: [Check] = ringChecks + limitChecks + memoryChecks + processorChecks + networkChecks

    /// One finding a check. Pure: it looks at nothing but its arguments.
    public static func examine(_ surroundings: Surroundings, for settings: Settings) -> [Finding] {
        checks.map { check in
            Finding(name: check.name, why: check.why, verdict: check.look(surroundings, settings))
        }
    }
}

/// One thing to look at.
struct Check: Sendable {
    /// One word or two, unique.
    let name: String
    /// Why it matters to a node, in a sentence.
    let why: String
    /// The judgement. Pure.
    let look: @Sendable (Surroundings, Settings) -> Verdict
}

/// What a check says.
enum Verdict: Equatable, Sendable {
    /// As it should be.
    case ok(String)
    /// A node runs, but slower, or smaller than it was told to be.
    case warn(String, remedy: String)
    /// A node does not start, or will be killed.
    case fail(String, remedy: String)
    /// It cannot be told from here.
    case unknown(String)
}
