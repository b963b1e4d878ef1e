import Glibc
import Keyspace

let db = DatabaseIndex(rawValue: 0)
let epoch = UnixMillis(rawValue: 1_700_000_000_000)

func makeShard(hugePages: Bool = true) -> Shard {
    var configuration = ShardConfiguration(hashSeed: (0x1234, 0x5678), startMicros: 1_700_000_000_000_000)
    configuration.hugePages = hugePages
    guard let shard = Shard(configuration) else { preconditionFailure("no address space for the arena") }
    return shard
}

func nanos(_ clock: clockid_t = CLOCK_MONOTONIC) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// The n-th key: 16 bytes, "key:" and twelve digits.
struct Key {
    var bytes: InlineArray<16, UInt8> = .init(repeating: 0x30)

    init(_ number: Int) {
        bytes[0] = 0x6B
        bytes[1] = 0x65
        bytes[2] = 0x79
        bytes[3] = 0x3A
        var rest = number
        var at = 15
        while rest > 0 {
            bytes[at] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            at -= 1
        }
    }
}

extension Key {
    /// The key's bytes.
    var raw: RawSpan {
        // Unsafe: bytes of UInt8 have no padding.
        @_lifetime(borrow self) get { unsafe bytes.span.bytes }
    }
}

extension [UInt8] {
    /// The array's bytes.
    var raw: RawSpan {
        // Unsafe: bytes of UInt8 have no padding.
        @_lifetime(borrow self) get { unsafe span.bytes }
    }
}

/// A cheap source of numbers that look random.
struct Dice {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ state >> 33) &* 0xFF51_AFD7_ED55_8CCD
    }
    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
}

func fixed(_ value: Double, _ digits: Int = 1) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return "\(rounded)"
}
