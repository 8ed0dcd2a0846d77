"""What an engine told before it failed on a page: for the record, never the page's text."""

from __future__ import annotations

from textlift.content.attempt import FailureKind
from textlift.content.generation import Generation
from textlift.content.reading import PageReading
from textlift.engines.contract import ReadProgress
from textlift.models.engine_memory import EngineMemory

_WORTH_KEEPING = frozenset(
    {
        FailureKind.CUT_OFF,
        FailureKind.RAN_AWAY,
        FailureKind.TIMED_OUT,
        FailureKind.MALFORMED,
        FailureKind.CRASHED,
        FailureKind.OUT_OF_MEMORY,
    }
)
"""What was read before one of these is right as far as it goes. What an engine made of a script
that it cannot read is not."""


class StreamedText:
    """What an engine told while it read a page.

    Attributes:
        pixels: Of the image that the model was shown; 0 when it did not say.
        generation: What a generating model had done; None when it did not say.
        memory: What it took of its device when it told last; None when it did not say.
    """

    def __init__(self) -> None:
        self.pixels = 0
        self.generation: Generation | None = None
        self.memory: EngineMemory | None = None
        self._parts: list[str] = []

    @property
    def room(self) -> int:
        """Bytes free on the device when it told last; 0: not known."""
        return self.memory.free if self.memory is not None else 0

    def add(self, progress: ReadProgress) -> None:
        """Takes what is new."""
        self.pixels = progress.pixels or self.pixels
        self.generation = progress.generation or self.generation
        self.memory = progress.memory or self.memory
        if progress.text:
            self._parts.append(progress.text)
        else:
            self._parts.extend(f"{line.text}\n" for line in progress.lines if line.text)

    def partial(self, failure: FailureKind, reading: PageReading | None) -> str:
        """What to keep after a failure: of the reading that was refused, else of the stream."""
        if failure not in _WORTH_KEEPING:
            return ""
        return (reading.text if reading is not None else "") or "".join(self._parts).strip()
