"""Which core of a node a key lives on."""

SLOTS = 16384


def crc16(data: bytes) -> int:
    """CRC-16/XMODEM, as Redis Cluster's specification has it."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def slot(key: bytes) -> int:
    """The slot of a key: of its hash tag, where it has one."""
    opening = key.find(b"{")
    if opening >= 0:
        closing = key.find(b"}", opening + 1)
        if closing > opening + 1:
            key = key[opening + 1 : closing]
    return crc16(key) % SLOTS


def core(key: bytes, cores: int) -> int:
    return slot(key) * cores // SLOTS


def keys_on_each_core(cores: int, each: int, prefix: str = "key") -> list:
    """`each` keys for every core, in turns: neighbours in the list live on different cores."""
    found = [[] for _ in range(cores)]
    number = 0
    while any(len(keys) < each for keys in found):
        key = f"{prefix}:{number}".encode()
        keys = found[core(key, cores)]
        if len(keys) < each:
            keys.append(key)
        number += 1
    return [keys[place] for place in range(each) for keys in found]
