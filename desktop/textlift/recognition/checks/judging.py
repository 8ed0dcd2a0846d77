"""Whether a reading is one: what an engine returned without an error may still be none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from textlift.content.attempt import FailureKind, Repetition
from textlift.content.block import Block, BlockKind
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, StopReason

BLANK_INK = 1e-5
"""Ink of a page with a few specks of dust; with no more, no engine needs to be asked."""

SPECK_INK = 2e-5
"""Ink of less than one printed digit on A4; below it, finding no text is no failure."""

_MAX_PERIOD = 120
"""Words; a loop over a whole paragraph is the longest seen."""

_LONG_UNIT = 40
"""Characters; a phrase this long is not repeated by a form, a list or a table."""

_RUN_OF_LONG = (8, 600)
_RUN_OF_SHORT = (30, 1000)
_RUN_OF_DIGITS = (30, 4000)
"""Least number of times in a row, and least characters in all, of a run that is a loop."""

_CJK = "぀-ヿ㐀-䶿一-鿿豈-﫿฀-๿"
_TOKEN = re.compile(f"[{_CJK}]|[^\\W_{_CJK}]+")
_LONG_TOKEN = 200


class CheckFailure(msgspec.Struct, frozen=True):
    """Why a reading is not taken; ``repetition`` where the model ran away."""

    failure: FailureKind
    sentence: str
    repetition: Repetition | None = None


def judge(
    reading: PageReading, image: PageImage, *, wants_text: bool = True
) -> CheckFailure | None:
    """What speaks against a reading, or None.

    Repetition is looked for only in text without places: a line that a detector found on the
    page is there however often it is printed (forms, tables, choruses). Tables are left out.

    Args:
        reading: What an engine returned.
        image: The page it was given.
        wants_text: False where blocks without text are what was asked for.
    """
    stopped = _why_stopped(reading)
    if stopped is not None:
        return stopped
    if reading.unparsed:
        return CheckFailure(FailureKind.MALFORMED, reading.unparsed)
    if not _has_content(reading, wants_text=wants_text):
        if image.ink < SPECK_INK:
            return None
        return CheckFailure(
            FailureKind.EMPTY_READING, "It found no text, though the page is not blank."
        )
    for text in _texts_without_places(reading.blocks):
        unit = repeated_unit(text)
        if unit is not None:
            times = _plain(text).count(unit)
            return _ran_away(unit, times=times, text=text, stopped=False)
    return None


def _why_stopped(reading: PageReading) -> CheckFailure | None:
    """The failure of an engine that did not come to the end of the page."""
    match reading.stop_reason:
        case StopReason.LIMIT:
            return CheckFailure(
                FailureKind.CUT_OFF, "The text was longer than the model may write and was cut off."
            )
        case StopReason.REPETITION:
            return _ran_away(
                reading.repeated, times=reading.repeated_times, text=reading.text, stopped=True
            )
        case StopReason.DEADLINE:
            return CheckFailure(
                FailureKind.TIMED_OUT,
                "The model had not come to the end of the page in the time it may take.",
            )
        case StopReason.END:
            return None


def _ran_away(unit: str, *, times: int, text: str, stopped: bool) -> CheckFailure:
    """Says what was repeated and how often.

    Args:
        unit: What was; it may be empty or end in an ellipsis.
        times: How often; 0: not known.
        text: Where it was.
        stopped: The engine was, and did not come to an end by itself.
    """
    shown = unit if len(unit) <= _LONG_UNIT else unit[:_LONG_UNIT].rstrip() + "…"
    begun = _plain(unit)
    is_line = begun and any(
        line.startswith(begun) if unit.endswith("…") else line == begun
        for line in map(_plain, text.splitlines())
    )
    repetition = Repetition(times=times, lines=bool(is_line), stopped=stopped)
    quoted = f": “{shown}”" if shown.strip() else ""
    words = f"Stopped: {repetition.words}" if stopped else repetition.words.capitalize()
    return CheckFailure(FailureKind.RAN_AWAY, f"{words}{quoted}.", repetition)


def _plain(text: str) -> str:
    """Its words alone."""
    return " ".join(_TOKEN.findall(text))


def repeated_unit(text: str) -> str | None:
    """The words that a text repeats over and over like a model caught in a loop, or None.

    Only letters and digits count, so rulers of dots or underscores never do.
    """
    tokens = _TOKEN.findall(text)
    for token in tokens:
        if len(token) > _LONG_TOKEN and (unit := _loop(token, joint="")) is not None:
            return unit
    return _loop(tokens, joint=" ")


def _loop(items: Sequence[str], *, joint: str) -> str | None:
    for period in range(1, min(_MAX_PERIOD, len(items) // 2) + 1):
        for start, end in _runs(items, period):
            if _is_repetitive(items[start : start + period]):
                continue  # Was judged with its own, shorter period.
            unit = joint.join(items[start : start + period])
            times = (end - start) / period
            characters = times * (len(unit) + len(joint))
            least_times, least_characters = _least_run(unit)
            if times >= least_times and characters >= least_characters:
                return unit
    return None


def _least_run(unit: str) -> tuple[int, int]:
    if not any(character.isalpha() for character in unit):
        return _RUN_OF_DIGITS
    return _RUN_OF_LONG if len(unit) >= _LONG_UNIT else _RUN_OF_SHORT


def _runs(items: Sequence[str], period: int) -> Iterator[tuple[int, int]]:
    """Longest stretches (start, end) that repeat with this period."""
    start = 0
    for position in range(period, len(items)):
        if items[position] != items[position - period]:
            if position - start >= 2 * period:
                yield start, position
            start = position - period + 1
    if len(items) - start >= 2 * period:
        yield start, len(items)


def _is_repetitive(unit: Sequence[str]) -> bool:
    size = len(unit)
    return any(
        size % part == 0 and unit[part:] == unit[: size - part] for part in range(1, size // 2 + 1)
    )


def _has_content(reading: PageReading, *, wants_text: bool) -> bool:
    if not wants_text:
        return bool(reading.blocks)
    return any(block.text.strip() or block.kind is BlockKind.PICTURE for block in reading.blocks)


def _texts_without_places(blocks: Sequence[Block]) -> Iterator[str]:
    """The text outside tables whose lines have no box, or share one."""
    running: list[str] = []
    for block in blocks:
        if block.kind is BlockKind.TABLE:
            continue
        places = {line.box for line in block.lines if line.box is not None}
        if block.lines and len(places) * 2 > len(block.lines):
            continue
        if block.box is None:
            running.append(block.text)
        else:
            yield block.text
    if running:
        yield "\n".join(running)
