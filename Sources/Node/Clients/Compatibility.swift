/// What the node tells clients it is compatible with. Clients read these two words to decide what they may use, so
/// they name the server whose protocol is spoken; who the node really is stands in INFO.
enum Compatibility {
    static let server: StaticString = "redis"
    /// At least 7.4.0: redis-py and Jedis refuse client-side caching below.
    static let version: StaticString = "7.4.0"
}
