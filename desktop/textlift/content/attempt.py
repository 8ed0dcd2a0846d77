"""One try of one engine at one page, and the kinds of failure it can end in."""

from __future__ import annotations

import enum

import msgspec

from textlift.content.generation import Generation


class FailureKind(enum.Enum):
    """Why an engine, or the document itself, gave no text for a page."""

    NOT_AVAILABLE = "not-available"
    DOES_NOT_FIT = "does-not-fit"
    OUT_OF_MEMORY = "out-of-memory"
    CRASHED = "crashed"
    TIMED_OUT = "timed-out"
    WRONG_SCRIPT = "wrong-script"
    EMPTY_READING = "empty-reading"
    RAN_AWAY = "ran-away"
    CUT_OFF = "cut-off"
    MALFORMED = "malformed"
    CANCELLED = "cancelled"
    DOCUMENT = "document"
    """The page could not be opened or rendered, so no engine was asked."""


class Repetition(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a model repeated itself.

    Attributes:
        times: How often; 0: not known.
        lines: A line of the text was repeated, not words within lines.
        stopped: The model was stopped; else it came to an end by itself.
    """

    times: int = 0
    lines: bool = False
    stopped: bool = False

    @property
    def words(self) -> str:
        """Such as "the same line 14 times"."""
        often = f"{self.times} times" if self.times > 1 else "over and over"
        return f"the same {'line' if self.lines else 'words'} {often}"


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The record of one try.

    Attributes:
        engine: Name of the engine that was asked; empty when the document itself failed.
        device: Where it ran, such as ``cpu`` or ``cuda:0``.
        started_at: Seconds since the Unix epoch, UTC.
        seconds: How long the try took.
        failure: None when the try gave the page's text.
        sentence: What happened, in words for a person; empty on success.
        details: For a bug report (exit code, last lines of output); may be empty.
        pixels: Size of the image the engine was given, in pixels; 0 when none was.
        partial: What had been read before it failed; not the page's text.
        peak_memory: Bytes on the device at most; 0 when not known.
        scripts: ISO 15924 codes of what the page is in, where the engine lacks it and knows.
        generation: What a generating model did before it failed, where it tells.
        lacking_memory: Bytes that were wanted beyond what was free, where that is known.
        repetition: How the model repeated itself, where it ran away.
    """

    engine: str
    device: str
    started_at: float
    seconds: float
    failure: FailureKind | None = None
    sentence: str = ""
    details: str = ""
    pixels: int = 0
    partial: str = ""
    peak_memory: int = 0
    scripts: tuple[str, ...] = ()
    generation: Generation | None = None
    lacking_memory: int = 0
    repetition: Repetition | None = None
