import Glibc

/// The seed given from outside, if any.
func environmentSeed() -> UInt64? {
    guard let text = unsafe getenv("WIRE_SEED") else { return nil }
    return unsafe UInt64(String(cString: text))
}
