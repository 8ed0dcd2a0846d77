"""What unloading a model gave back, measured before and after."""

from __future__ import annotations

from collections.abc import Sequence

from textlift.ui.memory_use import DeviceUse
from textlift.ui.memory_words import size_words

_LOOKS = 4
"""Samples that are looked at: one may have been taken a moment before, and a driver takes a
moment to clear up."""
_NOTHING = 20_000_000
"""Bytes; less is the noise of a busy system."""


class UnloadReport:
    """Follows one device from before models were unloaded until it has settled.

    Attributes:
        sentence: For a person; empty until something was measured afterwards.
        held: Textlift holds memory of the device that no loaded model explains.
    """

    def __init__(self, titles: Sequence[str], before: DeviceUse, *, at: str) -> None:
        """Begins.

        Args:
            titles: Of the models unloaded.
            before: Measured last while they were loaded.
            at: The time of day.
        """
        self.key = before.key
        self.titles = tuple(titles)
        self.sentence = ""
        self.held = False
        self._before = before
        self._at = at
        self._given_back = 0
        self._looks = 0

    @property
    def settled(self) -> bool:
        """Nothing more is looked at."""
        return self._looks >= _LOOKS

    def look(self, now: DeviceUse, *, still_loaded: Sequence[str]) -> None:
        """Takes what was measured afterwards.

        Args:
            now: The same device.
            still_loaded: Titles of the models that are on it now.
        """
        if self.settled or now.lost:
            return
        self._looks += 1
        before = self._before
        # Where the driver does not say whose memory it is, what everyone uses must do.
        back = before.ours - now.ours if before.ours_told else before.used - now.used
        self._given_back = max(self._given_back, back)
        self.held = bool(now.ours > _NOTHING and not still_loaded and not now.is_ram)
        self.sentence = f"{self._at}: {self._first_part()}; {_rest(now, still_loaded)}"

    @property
    def short(self) -> str:
        """For the status bar."""
        return f"{self._first_part()}."

    def _first_part(self) -> str:
        names = " and ".join(self.titles)
        verb = "was" if len(self.titles) == 1 else "were"
        if self._given_back <= _NOTHING:
            return f"{names} {verb} unloaded, but no memory has come back"
        return f"{names} {verb} unloaded and gave {size_words(self._given_back)} back"


def _rest(now: DeviceUse, still_loaded: Sequence[str]) -> str:
    if still_loaded:
        names = " and ".join(still_loaded)
        return f"Textlift holds {size_words(now.ours)} for {names} still."
    if now.is_ram:
        return f"the window itself takes {size_words(now.ours)}."
    if now.ours > _NOTHING:
        return (
            f"Textlift still holds {size_words(now.ours)} here, which no model explains; "
            "if it stays so, close Textlift and start it again."
        )
    return "Textlift holds nothing here now."
