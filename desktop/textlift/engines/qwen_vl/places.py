"""Where a place that Qwen-VL names lies on the page."""

from __future__ import annotations

import re

import msgspec

from textlift.content.geometry import Box

Corners = tuple[float, float, float, float]

_NUMBER = re.compile(r"-?\d{1,7}(?:\.\d{1,7})?")


class Measure(msgspec.Struct, frozen=True):
    """How the model counts, and the page that it means.

    Attributes:
        unit: What it takes the width and the height of the image for: the pixels that it saw, or
            a thousand each.
        page: Width and height of the page in pixels.
    """

    unit: tuple[int, int]
    page: tuple[int, int]

    def box(self, corners: Corners | None) -> Box | None:
        """The box as far as it lies on the page; None when nothing of it does."""
        if corners is None:
            return None
        (width, height), (across, down) = self.page, self.unit
        x0, x1 = (min(max(x * width / across, 0.0), float(width)) for x in corners[0::2])
        y0, y1 = (min(max(y * height / down, 0.0), float(height)) for y in corners[1::2])
        return Box(x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def corners_of(value: str | None) -> Corners | None:
    """Four numbers, with spaces or commas between them; None when they are no box."""
    numbers = [float(number) for number in _NUMBER.findall(value or "")]
    if len(numbers) != 4:
        return None
    x0, x1 = sorted(numbers[0::2])
    y0, y1 = sorted(numbers[1::2])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None
