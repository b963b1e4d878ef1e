/// Durability: what survives a restart. Formats and decisions, without a file descriptor of its own.
public enum Durability {}
