/// Durability: what survives a restart. Formats and decisions, without a file descriptor of its own.
///
/// - `RDB/`: Redis's snapshot format: `CRC64`, `LZF`, `RDBCursor` (reads), `ByteBuffer.rdb...` (writes), `RDBScanner`
///   (a file item by item), `DumpPayload` (DUMP and RESTORE), `RDBCheck` (what is wrong with a file).
/// - `Snapshot/`: `SnapshotEncoder` turns the entries that a shard's walk hands out into chunks of a file;
///   `SnapshotLayout` puts the chunks of all cores into one file with one checksum.
/// - `AOF/`: the append-only file: `LogManifest` (which files), `LogScanner` and `LogChecksum` (their records),
///   `LogStream` (when to write, sync and answer).
/// - `Recovery/`: what a start finds, and the one outcome each combination leads to.
///
/// Everything here is a function of bytes and shards: `Node` opens, writes, syncs and renames.
public enum Durability {}
