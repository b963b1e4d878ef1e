// Wire: bytes to meaning and back.
//
// Lives on no core in particular: everything here is a value that belongs to whoever made it. Nothing reads a
// clock, a socket, randomness or a global that changes, so every function is a function of its arguments. What
// lives here, in reading order:
//
//   ByteBuffer         growable bytes; the one file of this module that touches memory by address
//   RequestParser      RESP and inline requests, in any number of pieces, to ranges over the received bytes
//   Arguments          one request's arguments: ranges laid over bytes
//   InlineSplitter     the quoting rules shared by inline requests and configuration files
//   ReplyWriter        replies in RESP2 and RESP3
//   ReplyParser        where a reply ends, and what it says
//   Decimal            64-bit integers as text
//   FloatText          floating-point numbers as text
//   Slot               which of the 16384 hash slots a key belongs to
//   Glob               pattern matching of keys and channels
//
// All bytes seen here come from strangers. The rules: never trap on them, never set memory aside in proportion
// to a length that is only claimed, never look at a byte more often than a constant number of times.
