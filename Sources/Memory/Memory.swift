/// Memory: where the bytes of one core live.
///
/// A `Region` is a range of address space of its own, bound to the core's NUMA node. An `Arena` hands out blocks
/// of it by 32-bit `Handle`, counts every byte and gives pages back; a `PageFeeder` puts huge pages ahead of it. Everything here belongs to one core and has
/// no locks; nobody else may hold a handle.
///
/// Also here, because they are about cache lines and nothing else: `Prefetch` and `Bytes`.
public enum Memory {}
