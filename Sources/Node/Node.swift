// Node: the assembly. One `Core` per thread joins a ring (Reactor), a shard (Keyspace), the connections that
// were accepted on that core and the machines that connect it to the other cores. Everything in this module
// lives on exactly one core, but for the few types whose first sentence says that they are shared.
//
//   Core/         the loop: one turn is wait, receive, execute, mailboxes, flush, background
//   Connections/  what a core remembers of one client, and the order of its replies
//   Dispatch/     from a parsed request to the code that answers it
//   Hops/         requests that another core owns: batches, mailboxes, replies that come back
//   Ordering/     commands that touch several shards and must look like one: numbers, locks, two steps
//   Control/      what asks all cores at once (INFO, CONFIG SET, CLIENT LIST, ...)
//   Program/      from settings to running threads and back
//   Settings/     the one list of directives; redis.conf; CONFIG
