import Wire

/// The one comparison whose duration must not tell a stranger how close the guess was.
enum Password {
    /// Whether `given` is `password`. Takes as long as `given` is long, whatever the password.
    static func matches(_ given: RawSpan, _ password: [UInt8]) -> Bool {
        guard !password.isEmpty else { return given.isEmpty }
        var difference = given.byteCount ^ password.count
        var place = 0
        for index in 0..<given.byteCount {
            difference |= Int(given.byte(at: index) ^ password[place])
            place = place &+ 1 == password.count ? 0 : place &+ 1
        }
        return difference == 0
    }
}
