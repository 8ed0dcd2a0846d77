"""What the banner says of pages that another model had to read, or that none could."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.attempt_story import FAILURE_WORDS, attempt_story, pixel_words, size_words
from textlift.content.page import PageRecord, PageState
from textlift.ui.reader_thread import PageKey

if TYPE_CHECKING:
    from textlift.ui.listed_document import ListedDocument

_MAX_DETAILS = 30
"""Pages told one by one under “Why”."""

PAGES = "pages:"
"""How the subjects of notices about pages begin."""

_HAPPENED = {
    **FAILURE_WORDS,
    FailureKind.NOT_AVAILABLE: "was not available",
    FailureKind.OUT_OF_MEMORY: "ran out of memory",
    FailureKind.DOCUMENT: "failed",
}
LACKS_MEMORY = frozenset({FailureKind.DOES_NOT_FIT, FailureKind.OUT_OF_MEMORY})


class Notice(msgspec.Struct, frozen=True):
    """Something to tell in the banner.

    Attributes:
        kind: How bad it is.
        text: One or two sentences.
        subject: What it is about: another notice of the same takes its place.
        details: What is known, for “Why”.
        pages: Those it is about, to be tried again.
        starved: Name of the engine that lacked memory; empty where none did.
        unreadable_scripts: ISO 15924 codes of what pages are in that no model here could read;
            empty: nobody knows; None: that was not the reason.
    """

    kind: Literal["info", "warning", "error"]
    text: str
    subject: str = "engines"
    details: str = ""
    pages: tuple[PageKey, ...] = ()
    starved: str = ""
    unreadable_scripts: tuple[str, ...] | None = None


class Cause(msgspec.Struct, frozen=True):
    """Why pages have something to tell: what failed first, and whether they were lost for it."""

    engine: str
    kind: FailureKind
    lost: bool

    @property
    def subject(self) -> str:
        """Of the notice about it."""
        return f"{PAGES}{self.engine}:{self.kind.value}:{'lost' if self.lost else 'read'}"


class Outcome(msgspec.Struct, frozen=True):
    """How a page came out that has something to tell, without its text.

    Attributes:
        key: Which page.
        title: Of its document.
        page_count: Likewise.
        record: Its record, without what was read.
        cause: Of what there is to tell.
        starved: Name of an engine that lacked memory for it; empty where none did.
        scripts: ISO 15924 codes of what it is in, as engines said that cannot read them; None
            where none said so.
    """

    key: PageKey
    title: str
    page_count: int
    record: PageRecord
    cause: Cause
    starved: str = ""
    scripts: tuple[str, ...] | None = None

    @property
    def place(self) -> str:
        """How a sentence names the page."""
        return self.title if self.page_count == 1 else f"page {self.key.page} of {self.title}"


def outcome_of(key: PageKey, document: ListedDocument, record: PageRecord) -> Outcome | None:
    """What there is to tell of a page; None where there is nothing."""
    cause = cause_of(record)
    if cause is None:
        return None
    return Outcome(
        key=key,
        title=document.title,
        page_count=document.page_count,
        record=_without_text(record),
        cause=cause,
        starved=_starved(record),
        scripts=_unreadable_scripts(record),
    )


def _without_text(record: PageRecord) -> PageRecord:
    """Of thousands of pages what was read would take much memory."""
    reading = record.reading
    if reading is not None:
        reading = msgspec.structs.replace(reading, blocks=(), detected=None)
    attempts = tuple(msgspec.structs.replace(one, partial="") for one in record.attempts)
    return msgspec.structs.replace(record, reading=reading, edit=None, attempts=attempts)


def cause_of(record: PageRecord) -> Cause | None:
    """What went wrong with a page first; None when nothing did."""
    first = next((attempt for attempt in record.attempts if attempt.failure is not None), None)
    if first is None:
        return None
    return Cause(first.engine, _kind(first), lost=record.state is PageState.FAILED)


def cause_notice(
    cause: Cause, outcomes: Iterable[Outcome], *, engine_title: Callable[[str], str]
) -> Notice:
    """One notice for all pages with the same cause.

    Args:
        cause: Of all of them.
        outcomes: At least one.
        engine_title: The name of an engine that people know.
    """
    told = list(outcomes)
    lines = [line for outcome in told[:_MAX_DETAILS] for line in _lines(outcome, engine_title)]
    more = len(told) - _MAX_DETAILS
    if more > 0:
        lines.append(f"… and {more:,} more page{'s' if more > 1 else ''}")
    return Notice(
        kind="error" if cause.lost else "warning",
        text=_one(told[0], engine_title) if len(told) == 1 else _many(cause, told, engine_title),
        subject=cause.subject,
        details="\n".join(lines),
        pages=tuple(outcome.key for outcome in told),
        starved=next((outcome.starved for outcome in told if outcome.starved), ""),
        unreadable_scripts=_all_scripts(told) if cause.lost else None,
    )


def _one(outcome: Outcome, engine_title: Callable[[str], str]) -> str:
    record = outcome.record
    failed = [attempt for attempt in record.attempts if attempt.failure is not None]
    first = failed[0]
    if record.state is PageState.FAILED or record.reading is None:
        if first.failure is FailureKind.DOCUMENT:
            return f"{_capital(outcome.place)} could not be read: {first.sentence}"
        return f"No model could read {outcome.place}. {failed[-1].sentence}"
    what = f"{engine_title(first.engine)} {_HAPPENED[_kind(first)]}"
    where = f"{_preposition(_kind(first))} {outcome.place}"
    lacking = (
        f", with {size_words(first.lacking_memory)} too little" if first.lacking_memory else ""
    )
    reader = record.reading.read_by
    if record.attempts[-1].engine != first.engine:
        return f"{what} {where}{lacking}; {engine_title(reader)} read it."
    last = record.attempts[-1]
    smaller = 0 < last.pixels < first.pixels
    how = f"with {pixel_words(last.pixels)}" if smaller else "when asked again"
    return f"{what} {where}{lacking}, and read it {how}."


def _many(cause: Cause, told: Sequence[Outcome], engine_title: Callable[[str], str]) -> str:
    """What happened to several pages, without their numbers."""
    pages = f"{len(told):,} pages"
    if cause.kind is FailureKind.DOCUMENT:
        return f"{pages} could not be read, because they could not be opened."
    what = f"{engine_title(cause.engine)} {_HAPPENED[cause.kind]}"
    if cause.lost:
        return f"{pages} could not be read by any model: {what}, and no other could do it."
    readers = {
        outcome.record.reading.read_by for outcome in told if outcome.record.reading is not None
    }
    end = "; other models read them."
    if readers == {cause.engine}:
        end = ", and read them when asked again."
    elif len(readers) == 1:
        end = f"; {engine_title(readers.pop())} read them."
    return f"{what} {_preposition(cause.kind)} {pages}{end}"


def _all_scripts(outcomes: Iterable[Outcome]) -> tuple[str, ...] | None:
    """Of pages that were lost for their script; None where there are none."""
    known = [outcome.scripts for outcome in outcomes if outcome.scripts is not None]
    return (
        tuple(dict.fromkeys(script for scripts in known for script in scripts)) if known else None
    )


def _unreadable_scripts(record: PageRecord) -> tuple[str, ...] | None:
    foreign = [one for one in record.attempts if one.failure is FailureKind.WRONG_SCRIPT]
    if not foreign:
        return None
    return tuple(dict.fromkeys(script for attempt in foreign for script in attempt.scripts))


def _starved(record: PageRecord) -> str:
    """The first engine that lacked memory, and for a smaller image of the page, too."""
    reader = record.reading.read_by if record.reading is not None else ""
    for attempt in record.attempts:
        if attempt.failure in LACKS_MEMORY and attempt.engine != reader:
            return attempt.engine
    return ""


def _preposition(kind: FailureKind) -> str:
    return "of" if kind is FailureKind.WRONG_SCRIPT else "on"


def _kind(attempt: Attempt) -> FailureKind:
    assert attempt.failure is not None
    return attempt.failure


def _lines(outcome: Outcome, engine_title: Callable[[str], str]) -> Iterable[str]:
    record = outcome.record
    story = attempt_story(record.attempts, engine_title=engine_title, to_check=len(record.to_check))
    yield f"{_capital(outcome.place)}: {story}"
    for attempt in record.attempts:
        if attempt.failure is not None:
            who = f"{engine_title(attempt.engine)}: " if attempt.engine else ""
            yield f"    {who}{attempt.sentence}"
            if attempt.details and record.state is PageState.FAILED:
                yield from (f"        {line}" for line in attempt.details.strip().splitlines()[-8:])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if text.startswith("page ") else text
