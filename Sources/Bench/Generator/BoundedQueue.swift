/// A queue with a fixed number of places, first in first out. Lives on one core; allocated once.
struct BoundedQueue<Element: BitwiseCopyable> {
    private var places: [Element]
    private var first = 0
    /// Elements in it.
    private(set) var count = 0

    /// Room for `capacity`, filled with what is never read.
    init(capacity: Int, filler: Element) { places = Array(repeating: filler, count: max(1, capacity)) }

    var isEmpty: Bool { count == 0 }

    /// How many more fit.
    var room: Int { places.count &- count }

    /// Adds one at the end; there must be room.
    @inline(__always)
    mutating func append(_ element: Element) {
        precondition(count < places.count, "a queue holds no more than it has room for")
        var place = first &+ count
        if place >= places.count { place &-= places.count }
        places[place] = element
        count &+= 1
    }

    /// Takes the first.
    @inline(__always)
    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = places[first]
        first = first &+ 1 == places.count ? 0 : first &+ 1
        count &-= 1
        return element
    }

    /// Forgets all.
    mutating func removeAll() {
        first = 0
        count = 0
    }
}
