"""How the memory display says what it shows."""

from __future__ import annotations

from textlift.models.on_disk import shown_size
from textlift.ui.memory_use import DeviceUse

_HEAT = 85
"""Degrees Celsius from which most cards begin to slow down."""


def size_words(size: int) -> str:
    """Bytes as people say them, in no more room than needed."""
    return shown_size(size) if size < 100_000_000_000 else f"{size / 1e9:.0f} GB"


def use_sentence(use: DeviceUse) -> str:
    """All numbers of a device in one line."""
    name = use.title if use.is_ram else f"{use.short}, {use.title}"
    if use.lost:
        return f"{name}: does not answer any more"
    return (
        f"{name}: Textlift {size_words(use.ours)}, others {size_words(use.others)}, "
        f"free {size_words(use.free)} of {size_words(use.total)}"
    )


def full_words(use: DeviceUse) -> str:
    """Beside the meter where there is room."""
    return (
        f"Textlift {size_words(use.ours)}, others {size_words(use.others)}, "
        f"{size_words(use.free)} free of {size_words(use.total)}"
    )


def free_words(use: DeviceUse) -> str:
    """Beside the meter where there is little room."""
    return f"{size_words(use.free)} free of {size_words(use.total)}"


def condition_words(use: DeviceUse) -> str:
    """Temperature and load, where they are told."""
    words = []
    if use.temperature is not None:
        words.append(f"{use.temperature} °C" + (", hot" if use.temperature >= _HEAT else ""))
    if use.load is not None:
        words.append(f"{use.load * 100:.0f} % busy")
    return " · ".join(words)


def lost_sentence(use: DeviceUse) -> str:
    """What to do about a device that is gone."""
    return (
        f"{use.title} does not answer any more. Textlift reads on without it; if it does not "
        "come back, restart the computer."
    )


def span_words(seconds: float) -> str:
    """A span of time, coarse enough that it does not flicker."""
    if seconds < 60:
        return "less than a minute"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes / 60:.0f} hours"
