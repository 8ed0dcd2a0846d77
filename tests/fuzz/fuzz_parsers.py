"""Feeds the parsers of model output with damaged answers for as long as one likes.

    PYTHONPATH=tests python -m fuzz.fuzz_parsers --seconds 600 --parser dots-layout

A parser never raises, whatever it is given; its boxes lie on the page, its text is NFC, and it is
done in a moment. Says how many answers were read and what did not hold, the first of each kind
with the answer that shows it, made as short as it can be. Ends with 1 when a fault was found.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
import traceback
from collections.abc import Callable

from doubles.answer_parsers import PARSERS, AnswerParser, complaints
from fuzz.mutation import mutated

SLOW = 2.0
"""Seconds of processor time for an answer of at most 20,000 characters."""


LOST = "lost:"
"""The first answer that seems to lose a word is shown, to be looked at by a person."""


def verdict(parser: AnswerParser, answer: str) -> str:
    """The kind of what does not hold; empty when all does."""
    started = time.process_time()
    try:
        found = next(complaints(parser, answer), "")
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"raises {type(error).__name__} at {place.name}: {str(error)[:60]}"
    if time.process_time() - started > SLOW:
        return "slow"
    return re.sub(r"\(?[-\d.]{2,}.*|'.*|\[.*", "", found).strip()


def shortened(answer: str, shows: Callable[[str], bool], *, seconds: float) -> str:
    """A shorter answer that shows the same, found within the time."""
    end = time.monotonic() + seconds
    size = len(answer) // 2
    while size >= 1:
        at = 0
        while at < len(answer):
            if time.monotonic() > end:
                return answer
            shorter = answer[:at] + answer[at + size :]
            if shows(shorter):
                answer = shorter
            else:
                at += size
        size //= 2
    return answer


def run(name: str, *, seconds: float, seed: int) -> int:
    """Fuzzes one parser; returns how many kinds of faults were found, lost words not counted."""
    parser = PARSERS[name]
    chance = random.Random(seed)
    kinds: dict[str, str] = {}
    count, slowest = 0, 0.0
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        answer = mutated(chance, parser.answers, parser.marks, changes=chance.randint(1, 12))
        before = time.process_time()
        kind = verdict(parser, answer)
        slowest = max(slowest, time.process_time() - before)
        count += 1
        if kind and kind not in kinds:
            kinds[kind] = shortened(
                answer, lambda text, kind=kind: verdict(parser, text) == kind, seconds=20
            )
            print(f"{name}: {kind}\n    {kinds[kind]!r}", flush=True)
    spent = time.monotonic() - started
    print(
        f"{name}: {count} answers in {spent:.0f} s (seed {seed}), slowest {slowest:.2f} s, "
        f"faults: {[kind for kind in kinds if kind != LOST] or 'none'}",
        flush=True,
    )
    return len([kind for kind in kinds if kind != LOST])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=float, default=600)
    arguments.add_argument("--parser", choices=PARSERS, action="append")
    arguments.add_argument("--seed", type=int, default=random.randrange(2**32))
    chosen = arguments.parse_args()
    names = chosen.parser or list(PARSERS)
    found = [run(name, seconds=chosen.seconds, seed=chosen.seed) for name in names]
    sys.exit(1 if any(found) else 0)


if __name__ == "__main__":
    main()
