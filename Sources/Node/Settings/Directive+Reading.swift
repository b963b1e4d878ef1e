/// From what a file, a command line or `CONFIG SET` gives to the text that is kept; or to a complaint.
///
/// The complaints are worded as redis-server 7.0.15 words them, since clients' tests compare them.

/// Why a value was not taken.
public struct Complaint: Error, Equatable, Sendable {
    /// The sentence, without the directive's name.
    public let text: String

    init(_ text: String) { self.text = text }

    static let wordCount = Complaint("wrong number of arguments")
    static let notANumber = Complaint("argument couldn't be parsed into an integer")
}

extension Directive {
    /// The text to keep for the words given.
    ///
    /// - Parameters:
    ///   - words: What stands after the name. A kind that takes several words also takes them in one, separated
    ///     by spaces (`CONFIG SET save "900 1"`).
    ///   - current: The text it had: buffer limits replace only the classes named.
    ///   - adding: Whether save points add to `current`, as later lines of one file do.
    func read(_ words: [String], current: String, adding: Bool = false) throws(Complaint) -> String {
        if kind.takesSeveralWords {
            let words = words.count == 1 ? Directive.separated(words[0]) : words
            return try readSeveral(words, current: current, adding: adding)
        }
        guard words.count == 1 else { throw .wordCount }
        return try readOne(words[0])
    }

    private static func separated(_ text: String) -> [String] {
        text.isEmpty ? [] : text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    }

    private func readOne(_ word: String) throws(Complaint) -> String {
        switch kind {
        case .flag:
            let flag = word.lowercased()
            guard flag == "yes" || flag == "no" else { throw Complaint("argument must be 'yes' or 'no'") }
            return flag
        case .choice(let choices):
            guard let choice = choices.first(where: { $0.lowercased() == word.lowercased() }) else {
                throw Complaint(
                    "argument(s) must be one of the following: " + choices.joined(separator: ", "))
            }
            return choice
        case .integer(let range, let clamp):
            guard let number = Directive.integer(word) else { throw .notANumber }
            guard range.contains(number) else { throw Directive.outside(range) }
            return String(clamp.map { min(max(number, $0.lowerBound), $0.upperBound) } ?? number)
        case .powerOfTwo(let range):
            guard let number = Directive.integer(word) else { throw .notANumber }
            guard range.contains(number) else { throw Directive.outside(range) }
            guard number & (number - 1) == 0 else { throw Complaint("argument must be a power of two") }
            return String(number)
        case .memory(let range):
            guard let bytes = MemoryText.parse(word) else {
                throw Complaint("argument must be a memory value")
            }
            guard range.contains(bytes) else { throw Directive.outside(range) }
            return String(bytes)
        case .memoryOrPercent:
            return try Directive.memoryOrPercent(word)
        case .permissions:
            guard let mode = Int(word, radix: 8), word.first != "+" else {
                throw Complaint("argument couldn't be parsed as an octal number")
            }
            guard (0...0o777).contains(mode) else {
                throw Complaint("argument must be between 0 and 777 inclusive")
            }
            return String(mode, radix: 8)
        case .fileName:
            guard !word.contains("/") else { throw Complaint("\(name) can't be a path, just a filename") }
            return word
        case .hostName:
            guard word.utf8.count <= 255 else {
                throw Complaint("Hostnames must be less than 256 characters")
            }
            guard word.utf8.allSatisfy(Directive.isHostNameByte) else {
                throw Complaint("Hostnames may only contain alphanumeric characters, hyphens or dots")
            }
            return word
        case .keyspaceEvents:
            return try Directive.keyspaceEvents(word)
        case .cpuList:
            guard CPUList.parse(word) != nil else {
                throw Complaint("argument must be a list of CPU numbers, like 0-3,8")
            }
            return word
        case .text, .folder:
            return word
        case .words, .savePoints, .bufferLimits, .percentiles, .scores, .primary:
            preconditionFailure("these kinds take several words")
        }
    }

    private func readSeveral(_ words: [String], current: String, adding: Bool) throws(Complaint) -> String {
        switch kind {
        case .words: return words.joined(separator: " ")
        case .savePoints: return try Directive.savePoints(words, after: adding ? current : "")
        case .bufferLimits: return try BufferLimits(changing: current, by: words).text
        case .percentiles: return try Directive.percentiles(words)
        case .scores: return try Directive.scores(words)
        case .primary: return try Directive.primary(words)
        default: preconditionFailure("these kinds take one word")
        }
    }

    /// A number as Redis reads it: no sign before a positive one, no leading zeros, no spaces.
    static func integer(_ text: String) -> Int64? {
        guard let number = Int64(text), String(number) == text else { return nil }
        return number
    }

    private static func outside<Number>(_ range: ClosedRange<Number>) -> Complaint {
        Complaint("argument must be between \(range.lowerBound) and \(range.upperBound) inclusive")
    }

    private static func isHostNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func memoryOrPercent(_ word: String) throws(Complaint) -> String {
        if word.last == "%" {
            guard let percent = UInt64(word.dropLast()), !word.hasPrefix("+") else {
                throw Complaint("argument must be a memory or percent value")
            }
            guard percent <= 100 else { throw Complaint("percentage argument must be less or equal to 100") }
            return percent == 0 ? "0" : "\(percent)%"
        }
        guard let bytes = MemoryText.parse(word) else {
            throw Complaint("argument must be a memory or percent value")
        }
        return String(bytes)
    }
}
