"""What `tuning/tune` and `tuning/cpu-layout` are made of: Python's standard library only, so that a bare server can run it.

Everything reads and writes through `machine.Machine`, which may stand on another root than `/`.
"""
