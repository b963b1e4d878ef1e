import Commands
import Keyspace
import Reactor
import Wire

/// What a core has to say to the others at the end of its turn. Lives on one core.
///
/// Requests for one core gather in one open batch; everything else queues behind it, so that a receiver sees a
/// sender's messages in the order in which they were meant. Mail to oneself goes the same way without a mailbox.
///
/// Bound: a mailbox that is full leaves the messages here until the next turn. What can queue up is bounded by
/// what the connections of this core may have outstanding.
struct Outbox: ~Copyable {
    let id: CoreID
    /// Per core: the batch being filled.
    private var open: [HopBatch?]
    /// Per core: messages to post, oldest first.
    private(set) var queued: [[Message]]
    /// Batches that came back, to be filled again.
    private var pool: [HopBatch] = []
    /// Cores with something open or queued, each once.
    private(set) var recipients: [CoreID] = []
    private var isRecipient: [Bool]

    /// Batches kept for reuse.
    static let pooledMax = 64

    init(id: CoreID, coreCount: Int) {
        self.id = id
        open = Array(repeating: nil, count: coreCount)
        queued = Array(repeating: [], count: coreCount)
        isRecipient = Array(repeating: false, count: coreCount)
    }

    var isEmpty: Bool { recipients.isEmpty }

    /// Adds a request to the batch for `owner`.
    mutating func request(_ call: borrowing Call, of asker: Asker, version: RESPVersion, from owner: CoreID) {
        let batch = openBatch(for: owner)
        batch.body.append(call, from: asker, version: version)
        if batch.body.requests.count >= HopBatch.requestsMax { seal(owner) }
    }

    /// Adds a request with some of its keys only.
    mutating func request(
        _ call: borrowing Call, keyIndices: [Int], step: Int, hash: KeyHash, of asker: Asker,
        version: RESPVersion, from owner: CoreID
    ) {
        openBatch(for: owner).body.append(
            call, keyIndices: keyIndices, step: step, hash: hash, from: asker, version: version)
    }

    /// Adds a request with another first argument.
    mutating func request(
        _ call: borrowing Call, replacingFirst replacement: RawSpan, of asker: Asker, version: RESPVersion,
        from owner: CoreID
    ) {
        openBatch(for: owner).body.append(call, replacingFirst: replacement, from: asker, version: version)
    }

    private mutating func openBatch(for owner: CoreID) -> HopBatch {
        if let batch = open[owner.index] { return batch }
        let batch = pool.popLast() ?? HopBatch(origin: id)
        open[owner.index] = batch
        address(owner)
        return batch
    }

    /// Queues a message behind what was said to `recipient` before.
    mutating func post(_ message: Message, to recipient: CoreID) {
        seal(recipient)
        queued[recipient.index].append(message)
        address(recipient)
    }

    /// Closes the open batch for a core: what follows travels behind it.
    mutating func seal(_ recipient: CoreID) {
        guard let batch = open[recipient.index] else { return }
        open[recipient.index] = nil
        queued[recipient.index].append(.requests(batch))
    }

    /// Takes all that is queued for a core; what cannot be delivered goes back with `putBack`.
    mutating func take(for recipient: CoreID) -> [Message] {
        seal(recipient)
        var messages: [Message] = []
        swap(&messages, &queued[recipient.index])
        return messages
    }

    /// Messages that did not fit stand at the front again.
    mutating func putBack(_ messages: ArraySlice<Message>, for recipient: CoreID) {
        queued[recipient.index].insert(contentsOf: messages, at: 0)
        address(recipient)
    }

    /// Whether something is queued for a core.
    func hasMail(for recipient: CoreID) -> Bool {
        open[recipient.index] != nil || !queued[recipient.index].isEmpty
    }

    /// Takes the list of cores that have something to get. Mail to oneself stays addressed: it is worked off in the next
    /// turn, which must not sleep before.
    mutating func takeRecipients() -> [CoreID] {
        var list: [CoreID] = []
        swap(&list, &recipients)
        for core in list { isRecipient[core.index] = false }
        if hasMail(for: id) { address(id) }
        return list
    }

    /// All mail to oneself has been worked off.
    mutating func forgetSelf() {
        guard isRecipient[id.index] else { return }
        isRecipient[id.index] = false
        recipients.removeAll { $0 == id }
    }

    /// A batch has come back and is of no more use: keeps it for the next turn.
    mutating func recycle(_ batch: HopBatch) {
        guard pool.count < Self.pooledMax else { return }
        batch.body.reset()
        pool.append(batch)
    }

    private mutating func address(_ recipient: CoreID) {
        guard !isRecipient[recipient.index] else { return }
        isRecipient[recipient.index] = true
        recipients.append(recipient)
    }
}
