import Wire

/// One kind of request as bytes with places to fill in. What does not change is written once, at the start.
///
///     *3\r\n$3\r\nSET\r\n$16\r\nkey:000000000000\r\n | $64\r\n...\r\n
///                                ^ digits of the key   ^ a value, if its length or contents change
struct RequestTemplate: ~Copyable {
    /// A run of bytes, at most one key in it, perhaps with a value behind it.
    struct Piece {
        /// Where the bytes lie in `text`.
        var start: Int
        var end: Int
        /// Behind the key's last digit, counted from `start`; 0 without a key.
        var keyEnd = 0
        /// Whether a value with its length follows.
        var hasValue = false
    }

    let kind: CommandKind
    /// What reports call it.
    let name: String
    let text: ByteBuffer
    let pieces: [Piece]
    let shape: KeyShape

    init(_ builder: consuming TemplateBuilder, kind: CommandKind, name: String) {
        self.kind = kind
        self.name = name
        shape = builder.shape
        pieces = builder.pieces
        text = builder.text
    }
}

/// The templates of a run, in flat arrays: what the fill loop copies out of them are plain numbers.
struct TemplateSet: ~Copyable {
    /// One template.
    struct Entry {
        var kind: CommandKind
        /// Its pieces among all.
        var firstPiece: Int
        var endPiece: Int
        /// Keys to be drawn for one request.
        var keyCount: Int
        /// Digits of a key, and its bytes in all.
        var keyWidth: Int
        var keySize: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var pieces: [RequestTemplate.Piece] = []
    private(set) var text = ByteBuffer()
    /// What reports call them.
    private(set) var names: [String] = []

    var count: Int { entries.count }

    mutating func append(_ template: borrowing RequestTemplate) {
        let first = pieces.count
        for piece in template.pieces {
            var moved = piece
            moved.start += text.count
            moved.end += text.count
            pieces.append(moved)
        }
        text.append(template.text.bytes)
        entries.append(
            Entry(
                kind: template.kind, firstPiece: first, endPiece: pieces.count,
                keyCount: template.pieces.count { $0.keyEnd > 0 }, keyWidth: template.shape.width,
                keySize: template.shape.size))
        names.append(template.name)
    }

    /// The slot of a request's first key when it has this number. `scratch` is only there to save its allocation.
    func slot(of entry: Entry, key: UInt64, _ scratch: inout ByteBuffer) -> Slot {
        for index in entry.firstPiece..<entry.endPiece where pieces[index].keyEnd > 0 {
            let end = pieces[index].start + pieces[index].keyEnd
            scratch.removeAll()
            scratch.append(text.bytes.extracting((end - entry.keySize)..<end))
            scratch.writeKey(key, width: entry.keyWidth, endingAt: scratch.count)
            return Slot.of(key: scratch.bytes)
        }
        return Slot(0)
    }
}

/// Puts a template together.
struct TemplateBuilder: ~Copyable {
    let shape: KeyShape
    /// What a value that never changes is filled with; nil if lengths or contents change.
    let fixedValue: [UInt8]?
    let isMemcached: Bool
    var text = ByteBuffer()
    var pieces: [RequestTemplate.Piece] = []

    init(_ shape: KeyShape, fixedValue: [UInt8]?, isMemcached: Bool) {
        self.shape = shape
        self.fixedValue = fixedValue
        self.isMemcached = isMemcached
    }

    /// Bytes as they are.
    mutating func literal(_ bytes: [UInt8]) {
        let start = text.count
        text.append(bytes)
        if let last = pieces.last, !last.hasValue {
            pieces[pieces.count - 1].end = text.count
        } else {
            pieces.append(RequestTemplate.Piece(start: start, end: text.count))
        }
    }

    mutating func literal(_ bytes: String) { literal(Array(bytes.utf8)) }

    /// A key of its own draw.
    mutating func key() {
        if let last = pieces.last, last.keyEnd > 0, !last.hasValue {
            pieces.append(RequestTemplate.Piece(start: text.count, end: text.count))
        }
        literal(shape.blank)
        pieces[pieces.count - 1].keyEnd = text.count - pieces[pieces.count - 1].start
    }

    /// A value with its length in front and a line end behind, as both protocols have it.
    mutating func value() {
        if let fixedValue {
            literal(isMemcached ? "" : "$")
            literal("\(fixedValue.count)\r\n")
            literal(fixedValue)
            literal("\r\n")
        } else {
            if pieces.isEmpty { literal("") }
            pieces[pieces.count - 1].hasValue = true
        }
    }

    /// One argument of a RESP request.
    mutating func argument(_ bytes: [UInt8]) {
        literal("$\(bytes.count)\r\n")
        literal(bytes)
        literal("\r\n")
    }

    mutating func argument(_ bytes: String) { argument(Array(bytes.utf8)) }

    /// A RESP argument that is a key.
    mutating func keyArgument() {
        literal("$\(shape.size)\r\n")
        key()
        literal("\r\n")
    }
}
