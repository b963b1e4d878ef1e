"""What a profile wants of a knob, in words, against what there is.

    value = 50                     this
    value = at-least 65535         this or what is there, if that is more; several numbers are compared one by one
    value = instead-of bbr cubic   the second where the first is found; anything else stays
    value = layout receive-queues  computed from the machine: see `computed.py`
"""

from .machine import Absent


def wanted(value: str, current: str, most: int = None) -> str:
    """The value to have. `most` is the hardware's limit, for at-least. `ValueError` for words that mean nothing."""
    words = value.split()
    if not words:
        raise ValueError("a value is missing")
    if words[0] == "at-least":
        return _at_least(words[1:], current.split(), most)
    if words[0] == "instead-of" and len(words) == 3:
        return words[2] if current == words[1] else current
    if words[0] in ("instead-of", "layout"):
        raise ValueError(f"{value} is no value")
    return " ".join(words)


def _at_least(least: list, current: list, most) -> str:
    try:
        pairs = [(int(low), int(now)) for low, now in zip(least, current, strict=True)]
    except ValueError:
        raise Absent(f"{' '.join(current) or 'nothing'} is not a number to compare with") from None
    best = [max(low if most is None else min(low, most), now) for low, now in pairs]
    return " ".join(str(number) for number in best)


def chosen(text: str) -> str:
    """A file's value in one form: the marked one of a choice (`always [madvise] never`), one space between words."""
    for word in text.split():
        if word.startswith("[") and word.endswith("]"):
            return word[1:-1]
    return " ".join(text.split())
