/// A look through a file that a stopped node has left behind.
public protocol FileCheck {
    /// Whether there is nothing to repair.
    var isWhole: Bool { get }
    /// What was found, for people.
    var lines: [String] { get }
    /// Repairs the file, keeping a copy of it as it was. Answers what was done, for people.
    func fix() throws(CheckFailure) -> [String]
}

/// Why a check or a repair came to nothing.
public struct CheckFailure: Error, CustomStringConvertible {
    let text: String
    /// A sentence.
    public var description: String { text }
}
