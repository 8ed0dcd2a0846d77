"""A page of a document with everything known about it."""

from __future__ import annotations

import enum
from collections.abc import Container

import msgspec

from textlift.content.attempt import Attempt
from textlift.content.reading import PageReading


class PageState(enum.Enum):
    """Where a page stands. Never DONE while there is something to say."""

    UNREAD = "unread"
    QUEUED = "queued"
    DONE = "done"
    WARNED = "done-with-warnings"
    FAILED = "failed"


class EditedLine(msgspec.Struct, frozen=True, array_like=True):
    """A line of the text as the user left it.

    Attributes:
        text: One line, no line break; empty for the blank line between blocks.
        source: Index into ``PageReading.lines`` of the printed line it came from, or None.
    """

    text: str
    source: int | None = None


class PageEdit(msgspec.Struct, frozen=True):
    """The user's version of a page's text, line by line."""

    lines: tuple[EditedLine, ...]


class PageRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One page: its state, what was read, how, and what the user made of it.

    Attributes:
        number: From 1, as people count.
        state: Where it stands.
        width: Of the rendered page in pixels; 0 before it was rendered.
        height: Likewise.
        rotation: Degrees the user turned the page clockwise, or None to let the engine find out.
        reading: The last reading, if any.
        edit: The user's version of the text, if any.
        attempts: Every try, oldest first.
        ticked: The warnings the user has looked at, as indices into the reading's.
    """

    number: int
    state: PageState = PageState.UNREAD
    width: int = 0
    height: int = 0
    rotation: int | None = None
    reading: PageReading | None = None
    edit: PageEdit | None = None
    attempts: tuple[Attempt, ...] = ()
    ticked: tuple[int, ...] = ()

    @property
    def to_check(self) -> tuple[int, ...]:
        """The warnings nobody has looked at, as indices into the reading's."""
        warnings = self.reading.warnings if self.reading is not None else ()
        return tuple(index for index in range(len(warnings)) if index not in self.ticked)


def finished_state(
    reading: PageReading | None, attempts: tuple[Attempt, ...], *, ticked: Container[int] = ()
) -> PageState:
    """The state of a page once reading it has ended.

    An earlier failed attempt is something to say, and so is any warning that is not ticked off.
    """
    if reading is None:
        return PageState.FAILED
    open_warnings = any(index not in ticked for index in range(len(reading.warnings)))
    if open_warnings or any(attempt.failure is not None for attempt in attempts):
        return PageState.WARNED
    return PageState.DONE


def best_partial(page: PageRecord) -> Attempt | None:
    """The failed attempt that left the most text of a page which has no other; None without."""
    if page.state is not PageState.FAILED or page.reading is not None or page.edit is not None:
        return None
    attempt = max(page.attempts, key=lambda one: len(one.partial.strip()), default=None)
    return attempt if attempt is not None and attempt.partial.strip() else None
