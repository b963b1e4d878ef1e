import BasicContainers
import Reactor

/// The mailboxes between all cores: one for each ordered pair. Shared; built once at start.
///
///               to 0   to 1   to 2
///     from 0  [   -  , 0→1  , 0→2  ]
///     from 1  [ 1→0  ,   -  , 1→2  ]
///     from 2  [ 2→0  , 2→1  ,   -  ]
final class MailGrid: Sendable {
    /// Messages under way from one core to another. At the bound they wait in the sender's outbox.
    static let capacity = 1024

    let coreCount: Int
    private let boxes: [Mailbox]
    /// One per core.
    let doorbells: [Doorbell]

    init(coreCount: Int) {
        self.coreCount = coreCount
        let pairs = coreCount == 1 ? 0 : coreCount * coreCount
        boxes = (0..<pairs).map { _ in Mailbox(capacity: Self.capacity) }
        doorbells = (0..<coreCount).map { _ in Doorbell() }
    }

    deinit { for bell in doorbells { bell.deallocate() } }

    func box(from sender: CoreID, to recipient: CoreID) -> Mailbox {
        boxes[sender.index * coreCount + recipient.index]
    }
}

/// One core's ends of the mail grid. Lives on one core.
struct PostOffice: ~Copyable {
    let id: CoreID
    /// By recipient; our own place is nil.
    private var senders = UniqueArray<MessageSender<Message>?>()
    /// By sender; our own place is nil.
    private var receivers = UniqueArray<MessageReceiver<Message>?>()
    private let doorbells: [Doorbell]

    init(id: CoreID, grid: MailGrid) {
        self.id = id
        doorbells = grid.doorbells
        for index in 0..<grid.coreCount {
            let peer = CoreID(index)
            if peer == id {
                senders.append(nil)
                receivers.append(nil)
            } else {
                senders.append(MessageSender(grid.box(from: id, to: peer)))
                receivers.append(MessageReceiver(grid.box(from: peer, to: id)))
            }
        }
    }

    /// Posts messages in order. Returns how many fitted.
    mutating func post(_ messages: [Message], to recipient: CoreID) -> Int {
        var posted = 0
        while posted < messages.count, senders[recipient.index]?.send(messages[posted]) == true {
            posted += 1
        }
        return posted
    }

    /// Shows the recipient what was posted. Returns whether it sleeps and has to be woken.
    mutating func publish(to recipient: CoreID) -> Bool {
        guard senders[recipient.index]?.publish() == true else { return false }
        return doorbells[recipient.index].claim()
    }

    /// Whether a core sleeps and has to be woken, for something other than mail.
    func mustWake(_ core: CoreID) -> Bool { doorbells[core.index].claim() }

    /// The next message of a core, nil if there is none.
    mutating func take(from sender: CoreID) -> Message? { receivers[sender.index]?.receive() }

    /// Gives a sender its cells back.
    mutating func release(_ sender: CoreID) { receivers[sender.index]?.release() }

    /// Announces that this core is about to sleep. Returns false if mail has come: then it must not.
    mutating func mayFallAsleep() -> Bool {
        doorbells[id.index].announceSleep()
        for index in 0..<receivers.count where receivers[index]?.hasMessage == true { return false }
        return true
    }

    /// The core is awake.
    func wokeUp() { doorbells[id.index].announceAwake() }
}
