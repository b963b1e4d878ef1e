import Wire

/// One client: what it has sent of an unfinished request, and what it has yet to be told.
struct FloorConnection: ~Copyable {
    private var parser = RequestParser()
    /// The start of a request that goes on in a later buffer.
    private var carry = ByteBuffer()
    var replies = ReplyWriter()
    /// Borrowed by the ring until the send ends.
    var inFlight = ByteBuffer()
    var isSending = false
    var isClosing = false
    var isTouched = false
    var wantsCounters = false

    /// Answers all complete requests in `bytes`. False if the client speaks another language.
    mutating func take(
        _ bytes: RawSpan, _ ranges: inout [ArgumentRange], _ value: borrowing ByteBuffer,
        _ operations: inout UInt64
    ) -> Bool {
        guard carry.isEmpty else {
            carry.append(bytes)
            var whole = ByteBuffer()
            swap(&whole, &carry)
            return answer(whole.bytes, &ranges, value, &operations)
        }
        return answer(bytes, &ranges, value, &operations)
    }

    private mutating func answer(
        _ bytes: RawSpan, _ ranges: inout [ArgumentRange], _ value: borrowing ByteBuffer,
        _ operations: inout UInt64
    ) -> Bool {
        var start = 0
        while start < bytes.byteCount {
            ranges.removeAll(keepingCapacity: true)
            let rest = bytes.extracting(start..<bytes.byteCount)
            switch parser.next(rest, limits: .default, appendingTo: &ranges) {
            case .request(let length):
                if !ranges.isEmpty { reply(Arguments(bytes: rest, ranges: ranges.span), value) }
                operations &+= 1
                start += length
            case .inlineRequest(let length):
                let form = parser.inlineForm.bytes.copied()
                if !ranges.isEmpty { reply(Arguments(bytes: form.span.raw, ranges: ranges.span), value) }
                start += length
            case .incomplete:
                carry.append(rest)
                return true
            case .failure:
                return false
            }
        }
        return true
    }

    private mutating func reply(_ arguments: Arguments, _ value: borrowing ByteBuffer) {
        let name = arguments[0]
        guard name.byteCount >= 3 else { return replies.error("ERR unknown command") }
        switch (name.byte(at: 0) | 0x20, name.byteCount) {
        case (UInt8(ascii: "g"), 3): replies.bulk(value.bytes)
        case (UInt8(ascii: "s"), 3): replies.ok()
        case (UInt8(ascii: "p"), 4): replies.pong()
        case (UInt8(ascii: "c"), 6) where arguments.count == 3:
            replies.array(2)
            replies.bulk(arguments[2])
            replies.bulk("")
        case (UInt8(ascii: "c"), 8): wantsCounters = true
        default: replies.error("ERR the floor knows GET, SET, PING and CONFIG GET")
        }
    }

    /// Moves what has been answered into `inFlight`. False if there is nothing to send or a send goes on.
    mutating func swapForSend() -> Bool {
        guard !isSending && !isClosing && !replies.buffer.isEmpty else { return false }
        swap(&inFlight, &replies.buffer)
        isSending = true
        return true
    }
}
