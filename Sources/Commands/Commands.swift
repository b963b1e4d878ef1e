// Commands: what a data command does to one shard, and the one table that describes every command.
//
// Executed on the core that owns the shard; nothing here reads a clock, the network or randomness. The same
// code serves clients, log replay, replication and slot import: (call, shard) -> reply bytes.
//
// Reading order:
//   Table/      the command table: CommandSpec declared once per command in Table/Families/, found by name
//               (CommandTable+Find), read per operation from a flat array (CommandTable+Profile)
//   Call        one command on its way to a shard; Executor switches on its id
//   Strings/ Bitmaps/ Keys/ Versions/   one family per folder, each command three sentences
//   Effects/    what has become of the shard, as requests to repeat: the log's and the replicas' stream
//   MultiKey/   commands whose data flows between keys, as gather, combine, apply
//   Introspection/   what COMMAND answers, and HELP for every container
