"""Medians, spreads, and how far a ratio of two sets of repetitions can be trusted."""

import random
import statistics

RESAMPLES = 4000
# Wide on purpose: a run compares a hundred cells, so one in a hundred would cry wolf at 99 % if nothing else held it back.
CONFIDENCE = 0.99


def median(values) -> float:
    return statistics.median(values)


def spread(values) -> float:
    """Half the distance between the quartiles, as a part of the median. Zero for a single value."""
    if len(values) < 2:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    middle = median(values)
    return (high - low) / 2 / middle if middle else 0.0


def paired_ratios(ours: dict, theirs: dict) -> list:
    """Ratios by repetition: what was measured side by side is divided, so that the machine's mood cancels."""
    return [ours[turn] / theirs[turn] for turn in sorted(ours) if turn in theirs and theirs[turn]]


def ratio_interval(before: list, after: list, confidence: float = CONFIDENCE, seed: int = 1) -> tuple:
    """The ratio of the medians (after / before) with a percentile bootstrap interval: (ratio, low, high).

    Each side is drawn anew with replacement, since the repetitions of two runs are not pairs. The seed is fixed: the
    same files give the same verdict."""
    if not before or not after or not median(before):
        raise ValueError("a ratio needs values on both sides and a median above zero")
    generator = random.Random(seed)
    ratios = []
    for _ in range(RESAMPLES):
        below = median(generator.choices(before, k=len(before)))
        if below:
            ratios.append(median(generator.choices(after, k=len(after))) / below)
    ratios.sort()
    tail = (1 - confidence) / 2
    low = ratios[int(tail * (len(ratios) - 1))]
    high = ratios[int((1 - tail) * (len(ratios) - 1))]
    return median(after) / median(before), low, high
