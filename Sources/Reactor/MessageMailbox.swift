/// The ends of a `Mailbox` whose cells hold one Swift value each: sending hands a value over, with all it owns, and
/// receiving takes it out. Unread values are given up when the receiving end goes.
///
/// One value must fit a cell; an enum of references does.
@safe
public struct MessageSender<Message: Sendable>: ~Copyable {
    @usableFromInline var producer: Mailbox.Producer

    /// The one sender of `mailbox`.
    public init(_ mailbox: Mailbox) {
        precondition(MemoryLayout<Message>.size <= Mailbox.cellBytes, "a message fits one cell")
        producer = Mailbox.Producer(mailbox)
    }

    /// Writes a message for the next `publish`. Returns false, and keeps nothing, if the mailbox is full.
    @inlinable
    public mutating func send(_ message: Message) -> Bool {
        guard let cell = unsafe producer.reserve(), let address = cell.baseAddress else { return false }
        // The cell is free: its last value was moved out by the receiver before it was released.
        unsafe address.initializeMemory(as: Message.self, repeating: message, count: 1)
        return true
    }

    /// Shows what was sent. Whether there was anything: then ask the receiver's doorbell.
    @inlinable
    public mutating func publish() -> Bool { producer.publish() }
}

/// See `MessageSender`.
@safe
public struct MessageReceiver<Message: Sendable>: ~Copyable {
    @usableFromInline var consumer: Mailbox.Consumer

    /// The one receiver of `mailbox`.
    public init(_ mailbox: Mailbox) { consumer = Mailbox.Consumer(mailbox) }

    deinit {
        var rest = consumer
        while let cell = unsafe rest.next(), let address = cell.baseAddress {
            unsafe UnsafeMutableRawPointer(mutating: address).assumingMemoryBound(to: Message.self)
                .deinitialize(count: 1)
        }
    }

    /// Whether a message waits; part of the sleeping protocol.
    @inlinable public var hasMessage: Bool { consumer.hasMessage }

    /// The next message, nil if there is none.
    @inlinable
    public mutating func receive() -> Message? {
        guard let cell = unsafe consumer.next(), let address = cell.baseAddress else { return nil }
        // The sender initialised the cell, and it is read once: `next` does not come back to it.
        return unsafe UnsafeMutableRawPointer(mutating: address).assumingMemoryBound(to: Message.self).move()
    }

    /// Gives the cells read so far back to the sender. Once a turn.
    @inlinable
    public mutating func release() { consumer.release() }
}
