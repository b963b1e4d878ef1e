import Reactor
import Wire

/// A question to a RESP server and its answer, on a connection of its own: before a run and beside it, never on its path.
struct Conversation: ~Copyable {
    private var ring: IORing
    private var events = EventBatch(capacity: 16)

    init() throws(OptionError) {
        var small = RingConfiguration()
        (small.submissionEntries, small.completionEntries, small.bufferCount) = (8, 64, 8)
        do throws(RingError) {
            ring = try IORing(small)
        } catch {
            throw OptionError("\(error)")
        }
    }

    /// Connects, sends `greeting` and `question`, and gives the answer to the latter. Throws what went wrong.
    mutating func ask(
        _ address: RemoteAddress, greeting: [UInt8], greetings: Int, question: [String], millis: UInt64
    ) throws(OptionError) -> Reply {
        let limit = ring.now().advanced(byMillis: millis)
        let socket: SocketID
        do throws(RemoteAddress.Failure) {
            socket = try ring.connect(to: address)
        } catch {
            throw OptionError(error.description)
        }
        var request = ByteBuffer()
        request.append(greeting)
        request.append("*\(question.count)\r\n")
        for word in question { request.append("$\(word.utf8.count)\r\n\(word)\r\n") }
        let answer = converse(socket, request, greetings, limit)
        close(socket)
        switch answer {
        case .success(let reply): return reply
        case .failure(let reason): throw OptionError("\(address): \(reason)")
        }
    }

    private mutating func converse(
        _ socket: SocketID, _ request: borrowing ByteBuffer, _ greetings: Int, _ limit: Instant
    ) -> Result<Reply, OptionError> {
        var received = ByteBuffer()
        var toSkip = greetings
        while ring.now() < limit {
            ring.turn(until: limit, into: &events)
            for index in 0..<events.count where events[index].socket == socket {
                let event = events[index]
                switch event.kind {
                case .connected:
                    ring.startReceiving(socket)
                    send(socket, request)
                case .received:
                    received.append(ring.bytes(of: event.buffer, count: Int(event.count)))
                    ring.recycle(event.buffer)
                case .connectFailed, .receiveFailed, .sendFailed:
                    return .failure(OptionError(errorName(event.count)))
                case .peerClosed: return .failure(OptionError("the server closed the connection"))
                default: break
                }
            }
            while true {
                var parser = ReplyParser()
                switch parser.next(received.bytes) {
                case .incomplete: break
                case .failure: return .failure(OptionError("the server does not speak RESP"))
                case .reply(_, let length):
                    guard let reply = try? Reply(received.bytes.extracting(0..<length)) else {
                        return .failure(OptionError("the server does not speak RESP"))
                    }
                    if case .error(let text) = reply {
                        return .failure(OptionError(String(decoding: text, as: UTF8.self)))
                    }
                    if toSkip == 0 { return .success(reply) }
                    toSkip -= 1
                    received.removePrefix(length)
                    continue
                }
                break
            }
        }
        return .failure(OptionError("no answer in time"))
    }

    /// Closes and waits until the ring has let go of the socket, and so of what is being sent.
    private mutating func close(_ socket: SocketID) {
        ring.close(socket)
        let limit = ring.now().advanced(byMillis: 1000)
        while ring.now() < limit {
            ring.turn(until: limit, into: &events)
            for index in 0..<events.count {
                if events[index].kind == .received { ring.recycle(events[index].buffer) }
                if events[index].kind == .closed, events[index].socket == socket { return }
            }
        }
    }

    private mutating func send(_ socket: SocketID, _ bytes: borrowing ByteBuffer) {
        // The request outlives the send: `ask` keeps it until the socket is closed.
        unsafe ring.send(socket, bytes.unsafeBytes, isAwaited: false)
    }
}
