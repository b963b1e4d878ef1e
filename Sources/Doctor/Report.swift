import Node

/// What a doctor hands over: the findings, for people or for programs.
public struct Report: Sendable {
    /// One a check.
    public let findings: [Finding]

    /// A report on these.
    public init(_ findings: [Finding]) { self.findings = findings }

    /// 0 when nothing fails, 1 otherwise.
    public var exitCode: Int32 { findings.contains { $0.state == .fail } ? 1 : 0 }

    /// Lines for people, without the last newline: a line a check; below those that are not well, why it matters and
    /// what to do. At the end the sums.
    public func text(explained: Bool = false) -> String {
        let width = (findings.map(\.name.utf8.count).max() ?? 0) + 2
        let indent = String(repeating: " ", count: 9)
        var lines: [String] = []
        for finding in findings {
            lines.append("\(pad(finding.state.rawValue, 9))\(pad(finding.name, width))\(finding.found)")
            if explained || finding.state == .warn || finding.state == .fail {
                lines.append("\(indent)why: \(finding.why)")
            }
            if let remedy = finding.remedy { lines.append("\(indent)do:  \(remedy)") }
        }
        return (lines + ["", sums]).joined(separator: "\n")
    }

    private var sums: String {
        Finding.State.allCases.map { state in "\(findings.count { $0.state == state }) \(state.rawValue)" }
            .joined(separator: ", ")
    }

    /// One JSON object on one line: `{"ok":true,"findings":[{"check":...,"state":...,"found":...,"why":...,"remedy":...}]}`.
    public var json: String {
        let list = findings.map { finding in
            let remedy = finding.remedy.map(JSONText.quoted) ?? "null"
            return #"{"check":\#(JSONText.quoted(finding.name)),"state":"\#(finding.state.rawValue)","#
                + #""found":\#(JSONText.quoted(finding.found)),"why":\#(JSONText.quoted(finding.why)),"remedy":\#(remedy)}"#
        }
        return #"{"ok":\#(exitCode == 0),"findings":[\#(list.joined(separator: ","))]}"#
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.utf8.count))
    }
}
