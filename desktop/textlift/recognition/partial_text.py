"""What is left of a page when an engine failed on it: for the record, never the page's text."""

from __future__ import annotations

from textlift.content.attempt import FailureKind
from textlift.content.reading import PageReading
from textlift.engines.contract import ReadProgress

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
    """

    def __init__(self) -> None:
        self.pixels = 0
        self._parts: list[str] = []

    def add(self, progress: ReadProgress) -> None:
        """Takes what is new."""
        self.pixels = progress.pixels or self.pixels
        if progress.text:
            self._parts.append(progress.text)
        else:
            self._parts.extend(f"{line.text}\n" for line in progress.lines if line.text)

    def partial(self, failure: FailureKind, reading: PageReading | None) -> str:
        """What to keep after a failure: of the reading that was refused, else of the stream."""
        if failure not in _WORTH_KEEPING:
            return ""
        return (reading.text if reading is not None else "") or "".join(self._parts).strip()
