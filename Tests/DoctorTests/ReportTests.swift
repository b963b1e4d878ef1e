import Node
import Testing

@testable import Doctor

@Suite struct ReportTests {
    private let findings = [
        Finding(name: "one", why: "it matters", verdict: .ok("fine")),
        Finding(name: "second", why: "so it \"does\"", verdict: .warn("poor\n", remedy: "sysctl -w a=1")),
        Finding(name: "third", why: "very much", verdict: .unknown("hidden")),
    ]

    @Test func forPeople() {
        #expect(
            Report(findings).text() == """
                ok       one     fine
                warn     second  poor\n
                         why: so it "does"
                         do:  sysctl -w a=1
                unknown  third   hidden

                1 ok, 1 warn, 0 fail, 1 unknown
                """)
        #expect(Report(findings).text(explained: true).contains("why: it matters\n"))
    }

    @Test func forPrograms() {
        #expect(
            Report(findings).json
                == #"{"ok":true,"findings":["#
                + #"{"check":"one","state":"ok","found":"fine","why":"it matters","remedy":null},"#
                + #"{"check":"second","state":"warn","found":"poor\u000a","why":"so it \"does\"","remedy":"sysctl -w a=1"},"#
                + #"{"check":"third","state":"unknown","found":"hidden","why":"very much","remedy":null}]}"#)
    }

    @Test func oneFailureIsEnough() {
        let failure = Finding(name: "x", why: "y", verdict: .fail("z", remedy: "r"))
        #expect(Report(findings).exitCode == 0)
        #expect(Report(findings + [failure]).exitCode == 1)
        #expect(Report(findings + [failure]).json.hasPrefix(#"{"ok":false,"#))
    }
}
