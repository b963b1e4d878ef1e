// Node is the assembly: it joins the ring, the protocol, the commands and the shards into a server. The core loop,
// connections, dispatch and hops, configuration, logs and INFO live here.
//
// What runs on a core is a value that this core owns. What is shared (the log's queue, the notice to stop, the
// mailboxes) says so in its first sentence.
