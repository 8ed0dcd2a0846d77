"""How well something was read."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import Levenshtein


def character_error_rate(pairs: Iterable[tuple[str, str]]) -> float:
    """Insertions, deletions and substitutions over the characters that were printed.

    Args:
        pairs: What was printed and what was read, for each line.
    """
    errors = printed = 0
    for truth, reading in pairs:
        errors += Levenshtein.distance(truth, reading)
        printed += len(truth)
    if printed == 0:
        raise ValueError("An error rate needs something that was printed.")
    return errors / printed
