"""A second opinion as it stands in the list of those on a page."""

from __future__ import annotations

import time

import msgspec

from textlift.content.geometry import Box
from textlift.content.opinion import Opinion
from textlift.content.page import PageRecord
from textlift.ui.opinions import OpinionWish


class ListedOpinion(msgspec.Struct, frozen=True):
    """One that is stored, being read, or was stopped.

    Attributes:
        wish: What was asked for.
        title: The name of the model that people know.
        opinion: As stored; None of one that never was.
        waits: It is being read, or will be.
    """

    wish: OpinionWish
    title: str
    opinion: Opinion | None = None
    waits: bool = False

    @property
    def label(self) -> str:
        """Such as "Tesseract" or "Tesseract, a part"."""
        label = f"{self.title}, a part" if self.wish.box is not None else self.title
        failed = self.opinion is not None and self.opinion.reading is None and not self.waits
        return f"{label}: failed" if failed else label

    @property
    def tip(self) -> str:
        """When it was read, or what became of it."""
        opinion = self.opinion
        if self.waits:
            return "Being read"
        if opinion is None:
            return "Stopped"
        when = time.strftime("%H:%M, %d %B", time.localtime(opinion.read_at))
        if opinion.reading is None:
            return f"Tried at {when}"
        later = f". A later try failed: {last_sentence(opinion)}" if failed_last(opinion) else ""
        return f"Read at {when}{later}"

    def part_on(self, record: PageRecord) -> Box | None:
        """The part it is about, in pixels of a page's reading; None: all of the page."""
        box, opinion = self.wish.box, self.opinion
        if box is None or opinion is None or not (opinion.width and record.width):
            return box
        return box.scaled(record.width / opinion.width, record.height / opinion.height)


def failed_last(opinion: Opinion) -> bool:
    """Whether the model had no text when it was asked last."""
    return bool(opinion.attempts) and opinion.attempts[-1].failure is not None


def last_sentence(opinion: Opinion) -> str:
    """What is said of the last try."""
    return opinion.attempts[-1].sentence if opinion.attempts else ""


def mode_tried(opinion: Opinion | None) -> str:
    """The mode in which the model was asked last, as far as it told; else empty."""
    if opinion is None:
        return ""
    tried = [attempt.generation for attempt in reversed(opinion.attempts)]
    read = opinion.reading.generation if opinion.reading is not None else None
    return next((one.mode for one in (*tried, read) if one is not None), "")
