import Commands
import Wire

/// Which arguments of a request nobody may read later: passwords.
struct Secrets: Equatable {
    private var indices: [Int] = []

    init(of command: CommandID, _ arguments: Arguments) {
        switch command {
        case .auth: indices = Array(1..<max(1, arguments.count))
        case .hello:
            for index in 1..<max(1, arguments.count) where Self.spells(arguments[index], "auth") {
                indices = Array((index + 1)..<max(index + 1, min(index + 3, arguments.count)))
                break
            }
        case .config:
            guard arguments.count > 3, Self.spells(arguments[1], "set") else { return }
            for index in stride(from: 3, to: arguments.count, by: 2)
            where Self.directives.contains(where: { Self.spells(arguments[index - 1], $0) }) {
                indices.append(index)
            }
        default: return
        }
    }

    func contains(_ index: Int) -> Bool { indices.contains(index) }

    private static let directives = [
        "requirepass", "masterauth", "masteruser", "tls-key-file-pass", "tls-client-key-file-pass",
    ]

    private static func spells(_ argument: RawSpan, _ word: String) -> Bool {
        guard argument.byteCount == word.utf8.count else { return false }
        for (index, byte) in word.utf8.enumerated() {
            let given = argument.byte(at: index)
            let lower = given &- UInt8(ascii: "A") < 26 ? given | 0x20 : given
            if lower != byte { return false }
        }
        return true
    }
}
