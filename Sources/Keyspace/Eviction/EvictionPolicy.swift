/// Which keys may go when memory runs out, and which of them go first. The names are those of `maxmemory-policy`.
public enum EvictionPolicy: String, CaseIterable, Sendable {
    /// None: writes are refused instead.
    case noEviction = "noeviction"
    /// The one not used for longest.
    case allKeysLRU = "allkeys-lru"
    /// The one used least often, by a counter that decays with the minutes.
    case allKeysLFU = "allkeys-lfu"
    /// Any.
    case allKeysRandom = "allkeys-random"
    /// Newcomers first, unless they prove themselves; then the one used least often of late (see `AccessHistory`).
    case allKeysS3FIFO = "allkeys-s3fifo"
    /// Of those that expire, the one not used for longest.
    case volatileLRU = "volatile-lru"
    /// Of those that expire, the one used least often.
    case volatileLFU = "volatile-lfu"
    /// Of those that expire, any.
    case volatileRandom = "volatile-random"
    /// The one that expires first.
    case volatileTTL = "volatile-ttl"

    /// What makes a key a better victim than another.
    enum Measure { case nothing, recency, frequency, history, chance, timeLeft }

    var measure: Measure {
        switch self {
        case .noEviction: .nothing
        case .allKeysLRU, .volatileLRU: .recency
        case .allKeysLFU, .volatileLFU: .frequency
        case .allKeysS3FIFO: .history
        case .allKeysRandom, .volatileRandom: .chance
        case .volatileTTL: .timeLeft
        }
    }

    /// Only keys that expire may go.
    public var isVolatile: Bool {
        switch self {
        case .volatileLRU, .volatileLFU, .volatileRandom, .volatileTTL: true
        default: false
        }
    }

    /// What the 24 bits of an entry's access clock hold.
    var clock: AccessClock.Kind {
        switch measure {
        case .frequency: .frequency
        case .history: .history
        default: .seconds
        }
    }

    /// Entries count how often they are used (OBJECT FREQ) instead of when (OBJECT IDLETIME).
    public var tracksFrequency: Bool { clock != .seconds }
}

/// How eviction chooses: the policy and its directives.
public struct EvictionRules: Sendable, Equatable {
    /// `maxmemory-policy`.
    public var policy: EvictionPolicy
    /// Keys looked at for each key evicted: `maxmemory-samples`. Beyond 64 it makes no difference.
    public var samples: Int
    /// How slowly the access counter grows: `lfu-log-factor`.
    public var logFactor: Int
    /// Minutes after which the access counter loses one: `lfu-decay-time`; 0: never.
    public var decayMinutes: Int

    /// Redis's defaults.
    public init(
        policy: EvictionPolicy = .noEviction, samples: Int = 5, logFactor: Int = 10, decayMinutes: Int = 1
    ) {
        self.policy = policy
        self.samples = samples
        self.logFactor = logFactor
        self.decayMinutes = decayMinutes
    }
}
