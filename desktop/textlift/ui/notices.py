"""What the banner says of pages that another model had to read, or that none could."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.page import PageRecord, PageState
from textlift.ui.reader_thread import PageKey

_MAX_DETAILS = 30
"""Pages told one by one under “Why”."""

_HAPPENED = {
    FailureKind.NOT_AVAILABLE: "was not available",
    FailureKind.DOES_NOT_FIT: "did not fit into the memory",
    FailureKind.OUT_OF_MEMORY: "ran out of memory",
    FailureKind.CRASHED: "stopped unexpectedly",
    FailureKind.TIMED_OUT: "took too long",
    FailureKind.WRONG_SCRIPT: "cannot read the script",
    FailureKind.EMPTY_READING: "found no text",
    FailureKind.RAN_AWAY: "repeated itself",
    FailureKind.CUT_OFF: "did not come to an end",
    FailureKind.MALFORMED: "gave a broken answer",
    FailureKind.CANCELLED: "was stopped",
}
LACKS_MEMORY = frozenset({FailureKind.DOES_NOT_FIT, FailureKind.OUT_OF_MEMORY})


class Notice(msgspec.Struct, frozen=True):
    """Something to tell in the banner.

    Attributes:
        kind: How bad it is.
        text: One or two sentences.
        details: What is known, for “Why”.
        pages: Those it is about, to be tried again.
        starved: Name of the engine that lacked memory; empty where none did.
        unreadable_scripts: ISO 15924 codes of what pages are in that no model here could read;
            empty: nobody knows; None: that was not the reason.
    """

    kind: Literal["info", "warning", "error"]
    text: str
    details: str = ""
    pages: tuple[PageKey, ...] = ()
    starved: str = ""
    unreadable_scripts: tuple[str, ...] | None = None


class Outcome(msgspec.Struct, frozen=True):
    """How a page came out: which, of which document, and its record."""

    key: PageKey
    title: str
    page_count: int
    record: PageRecord

    @property
    def place(self) -> str:
        """How a sentence names the page."""
        return self.title if self.page_count == 1 else f"page {self.key.page} of {self.title}"


def has_failures(record: PageRecord) -> bool:
    """Whether any engine failed at the page."""
    return any(attempt.failure is not None for attempt in record.attempts)


def outcomes_notice(
    outcomes: Iterable[Outcome], *, engine_title: Callable[[str], str]
) -> Notice | None:
    """One notice for all pages of a batch at which an engine failed; None when there are none."""
    told = [outcome for outcome in outcomes if has_failures(outcome.record)]
    lost = [outcome for outcome in told if outcome.record.state is PageState.FAILED]
    if not told:
        return None
    if len(told) == 1:
        text = _one(told[0], engine_title)
    elif not lost:
        text = f"{len(told)} pages were read only after a model had failed."
    else:
        pages = "1 page" if len(lost) == 1 else f"{len(lost)} pages"
        text = f"{pages} could not be read."
        if len(told) > len(lost):
            read = len(told) - len(lost)
            was = "1 more was" if read == 1 else f"{read} more were"
            text += f" {was} read after a model had failed."
    lines = [line for outcome in told[:_MAX_DETAILS] for line in _lines(outcome, engine_title)]
    if len(told) > _MAX_DETAILS:
        lines.append(f"… and {len(told) - _MAX_DETAILS} more pages")
    return Notice(
        kind="error" if lost else "warning",
        text=text,
        details="\n".join(lines),
        pages=tuple(outcome.key for outcome in (lost or told)),
        starved=_starved(told),
        unreadable_scripts=_unreadable_scripts(lost),
    )


def _one(outcome: Outcome, engine_title: Callable[[str], str]) -> str:
    record = outcome.record
    failed = [attempt for attempt in record.attempts if attempt.failure is not None]
    first = failed[0]
    if record.state is PageState.FAILED or record.reading is None:
        if first.failure is FailureKind.DOCUMENT:
            return f"{_capital(outcome.place)} could not be read: {first.sentence}"
        return f"No model could read {outcome.place}. {failed[-1].sentence}"
    what = f"{engine_title(first.engine)} {_HAPPENED.get(_kind(first), 'failed')}"
    reader = record.reading.read_by
    if record.attempts[-1].engine == first.engine:
        return f"{what} on {outcome.place}, and read it when asked again."
    return f"{what} {_preposition(first)} {outcome.place}; {engine_title(reader)} read it."


def _unreadable_scripts(lost: Iterable[Outcome]) -> tuple[str, ...] | None:
    """Of pages that were lost for their script; None where there are none."""
    foreign = [
        attempt
        for outcome in lost
        for attempt in outcome.record.attempts
        if attempt.failure is FailureKind.WRONG_SCRIPT
    ]
    if not foreign:
        return None
    return tuple(dict.fromkeys(script for attempt in foreign for script in attempt.scripts))


def _starved(outcomes: Iterable[Outcome]) -> str:
    """The first engine that lacked memory, and for a smaller image of the page, too."""
    for record in (outcome.record for outcome in outcomes):
        reader = record.reading.read_by if record.reading is not None else ""
        for attempt in record.attempts:
            if attempt.failure in LACKS_MEMORY and attempt.engine != reader:
                return attempt.engine
    return ""


def _preposition(attempt: Attempt) -> str:
    return "of" if attempt.failure is FailureKind.WRONG_SCRIPT else "on"


def _kind(attempt: Attempt) -> FailureKind:
    assert attempt.failure is not None
    return attempt.failure


def _lines(outcome: Outcome, engine_title: Callable[[str], str]) -> Iterable[str]:
    place = _capital(outcome.place)
    for attempt in outcome.record.attempts:
        if attempt.failure is not None:
            who = f"{engine_title(attempt.engine)}: " if attempt.engine else ""
            yield f"{place}: {who}{attempt.sentence}"
            if attempt.details and outcome.record.state is PageState.FAILED:
                yield from (f"    {line}" for line in attempt.details.strip().splitlines()[-8:])
    reading = outcome.record.reading
    if reading is not None and outcome.record.state is not PageState.FAILED:
        yield f"{place}: read by {engine_title(reading.read_by)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if text.startswith("page ") else text
