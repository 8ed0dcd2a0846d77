"""The order in which the warnings of a page are listed and gone through."""

from __future__ import annotations

from collections.abc import Iterable

from textlift.content.geometry import Box
from textlift.content.reading import PageWarning


def in_page_order(warnings: Iterable[PageWarning], *, rotation: int) -> tuple[PageWarning, ...]:
    """Warnings from the top of the page to its bottom; those of the whole page come first.

    Args:
        warnings: In any order; those at the same height keep theirs from left to right.
        rotation: Degrees (0, 90, 180, 270) the page must be turned clockwise to be upright.
    """
    whole = []
    placed = []
    for warning in warnings:
        if warning.box is None:
            whole.append(warning)
        else:
            placed.append((_upright_corner(warning.box, rotation), warning))
    placed.sort(key=lambda pair: pair[0])
    return (*whole, *(warning for _, warning in placed))


def _upright_corner(box: Box, rotation: int) -> tuple[float, float]:
    """How far down the upright page a box begins, and how far from the left, from some origin."""
    if rotation == 90:
        return (box.x0, -box.y1)
    if rotation == 180:
        return (-box.y1, -box.x1)
    if rotation == 270:
        return (-box.x1, box.y0)
    return (box.y0, box.x0)
