import Wire

extension RawSpan {
    /// Equality with a lower-case word, whatever the case of these bytes.
    @inline(__always)
    func equals(_ word: StaticString) -> Bool {
        false
    }
}
