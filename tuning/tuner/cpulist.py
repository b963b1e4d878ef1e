"""Sets of CPUs as the kernel writes them: lists as `0-3,8`, masks as `ff,00000001`."""


def parse(text: str) -> list:
    """The numbers of a list, sorted; `ValueError` when it is none."""
    cpus = set()
    for part in text.split(","):
        if not part.strip():
            continue
        first, _, last = part.strip().partition("-")
        ends = int(first), int(last or first)
        if ends[0] < 0 or ends[1] < ends[0] or ends[1] >= 8192:
            raise ValueError(f"{text} is no list of CPUs")
        cpus.update(range(ends[0], ends[1] + 1))
    return sorted(cpus)


def text(cpus) -> str:
    """The shortest list: [0, 1, 2, 5] is `0-2,5`."""
    runs = []
    for cpu in sorted(set(cpus)):
        if runs and cpu == runs[-1][1] + 1:
            runs[-1][1] = cpu
        else:
            runs.append([cpu, cpu])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def mask(cpus) -> str:
    """The mask with its lowest 32 CPUs last, as the kernel prints it without leading zeros."""
    return canonical_mask(f"{sum(1 << cpu for cpu in set(cpus)):x}")


def canonical_mask(mask_text: str) -> str:
    """One form for each mask: 32-bit words in eight digits, the first without leading zeros."""
    value = int(mask_text.replace(",", "") or "0", 16)
    digits = f"{value:x}"
    words = []
    while digits:
        words.append(digits[-8:])
        digits = digits[:-8]
    return ",".join(reversed(words))
