"""What was tried at a page, told like a story: one short sentence for each try."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

from textlift.content.attempt import Attempt, FailureKind, Repetition

EngineTitle = Callable[[str], str]

_GAP = "\u00a0"
"""Between a number and its unit, where no line may end."""

FAILURE_WORDS = {
    FailureKind.NOT_AVAILABLE: "could not be used",
    FailureKind.DOES_NOT_FIT: "did not fit into the memory",
    FailureKind.OUT_OF_MEMORY: "out of memory",
    FailureKind.CRASHED: "stopped unexpectedly",
    FailureKind.TIMED_OUT: "took too long",
    FailureKind.WRONG_SCRIPT: "cannot read the script",
    FailureKind.EMPTY_READING: "found no text",
    FailureKind.RAN_AWAY: "repeated itself",
    FailureKind.CUT_OFF: "did not come to an end",
    FailureKind.MALFORMED: "gave a broken answer",
    FailureKind.CANCELLED: "was stopped",
    FailureKind.DOCUMENT: "the page could not be opened",
}
"""How a try ended, after the name of the engine."""
_NOT_ASKED = frozenset({FailureKind.NOT_AVAILABLE, FailureKind.WRONG_SCRIPT})
"""Of these the seconds say nothing."""


def attempt_story(
    attempts: Sequence[Attempt], *, engine_title: EngineTitle, to_check: int = 0
) -> str:
    """The tries at a page, oldest first.

    Args:
        attempts: All of them.
        engine_title: Gives an engine's name for people.
        to_check: Warnings of the reading that nobody has looked at.
    """
    return " ".join(story_sentences(attempts, engine_title=engine_title, to_check=to_check))


def story_sentences(
    attempts: Sequence[Attempt], *, engine_title: EngineTitle, to_check: int = 0
) -> Iterator[str]:
    """The same, a sentence for each try."""
    device = ""
    for engine, group in itertools.groupby(attempts, key=lambda attempt: attempt.engine):
        tries = list(group)
        tells_pixels = _tells_pixels(tries)
        pixels = 0
        for number, attempt in enumerate(tries, start=1):
            head = [engine_title(engine) if engine else ""] if number == 1 else []
            head += [f"attempt{_GAP}{number}"] if len(tries) > 1 else []
            if attempt.device not in {"", device}:
                device = attempt.device
                head.append(device_words(device))
            if tells_pixels and attempt.pixels not in {0, pixels}:
                pixels = attempt.pixels
                head.append(pixel_words(pixels))
            start = ", ".join(word for word in head if word)
            outcome = outcome_words(attempt)
            if attempt.failure is None and attempt is attempts[-1] and to_check:
                outcome += f", {to_check} place{'s' if to_check > 1 else ''} to check"
            # A title may be spelt with a small letter on purpose.
            sentence = f"{start}: {outcome}." if start else f"{outcome}."
            yield sentence if number == 1 and engine else sentence[0].upper() + sentence[1:]


def outcome_words(attempt: Attempt) -> str:
    """How a try ended, without the engine's name: "out of memory after 3.2 s"."""
    if attempt.failure is None:
        return f"read in {duration_words(attempt.seconds)}"
    if attempt.failure is FailureKind.RAN_AWAY and attempt.repetition is not None:
        return _repeated(attempt.repetition)
    words = FAILURE_WORDS[attempt.failure]
    if attempt.failure is FailureKind.CUT_OFF and attempt.generation is not None:
        limit = f"{attempt.generation.token_limit:,}"
        if attempt.generation.token_limit:
            words = f"cut off at its limit of {limit}{_GAP}tokens"
    if attempt.engine and attempt.seconds >= 0.05 and attempt.failure not in _NOT_ASKED:
        words += f" after {duration_words(attempt.seconds)}"
    if attempt.lacking_memory:
        words += f", needed {size_words(attempt.lacking_memory)} more"
    return words


def device_words(device: str) -> str:
    """What people call a device: "GPU 0" for ``cuda:0``."""
    kind, _, number = device.partition(":")
    if kind == "cuda":
        return f"GPU{_GAP}{number or 0}"
    return {"cpu": "CPU", "mps": "GPU"}.get(kind, device)


def pixel_words(pixels: int) -> str:
    """So many pixels: "2.1 Mpx"."""
    return f"{pixels / 1e6:.1f}{_GAP}Mpx"


def size_words(size: int) -> str:
    """So many bytes: "1.9 GB"."""
    if size < 100_000_000:
        return f"{max(size / 1e6, 1):.0f}{_GAP}MB"
    return f"{size / 1e9:.1f}{_GAP}GB"


def duration_words(seconds: float) -> str:
    """So many seconds: "3.2 s", "1 min 5 s"."""
    if seconds < 59.95:
        return f"{seconds:.1f}{_GAP}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}{_GAP}min {rest}{_GAP}s"


def _tells_pixels(tries: Sequence[Attempt]) -> bool:
    """Whether the pixels are a part of the story: memory ran out, or they changed."""
    lacked = any(attempt.failure is FailureKind.OUT_OF_MEMORY for attempt in tries)
    return lacked or len({attempt.pixels for attempt in tries if attempt.pixels}) > 1


def _repeated(repetition: Repetition) -> str:
    """What became of a model that repeated itself; how long it took is of no interest then."""
    return f"{'stopped,' if repetition.stopped else 'wrote'} {repetition.words}"
