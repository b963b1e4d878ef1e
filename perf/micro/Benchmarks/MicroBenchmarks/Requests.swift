import Wire

/// Requests as clients send them.
enum Requests {
    /// `*2 $3 GET $16 key:000000000042`, and so on; the number varies the key.
    static func get(_ key: Int) -> [UInt8] { request(["GET", name(key)]) }

    static func set(_ key: Int, _ valueBytes: Int) -> [UInt8] {
        request(["SET", name(key), String(repeating: "x", count: valueBytes)])
    }

    /// Sixteen bytes.
    static func name(_ key: Int) -> String {
        let digits = String(key)
        return "key:" + String(repeating: "0", count: 12 - digits.utf8.count) + digits
    }

    private static func request(_ words: [String]) -> [UInt8] {
        Array(("*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()).utf8)
    }
}
