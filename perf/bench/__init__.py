"""What the speed scenarios share: pinned servers, load, CPU time, tables."""
