"""Lines of text that the detector took for one, or lost because they ran together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textlift.content.geometry import Box, Quad, quad_box


def without_merged_lines(usual: Sequence[Quad], apart: Sequence[Quad]) -> list[Quad]:
    """The usual quads, with those that hold several lines replaced and lost ones added.

    Args:
        usual: Quads at the usual threshold.
        apart: Quads of the same page at a higher one, where lines stand farther apart.
    """
    boxes = [quad_box(quad) for quad in usual]
    inside: list[list[Quad]] = [[] for _ in usual]
    lost: list[Quad] = []
    for quad in apart:
        holder = _holder(quad_box(quad), boxes)
        if holder is None:
            lost.append(quad)
        else:
            inside[holder].append(quad)
    result = lost
    for quad, parts in zip(usual, inside, strict=True):
        result.extend(parts if _are_stacked(parts) else [quad])
    return result


def _holder(box: Box, boxes: Sequence[Box]) -> int | None:
    """Index of the box that most of ``box`` lies in."""
    shares = [
        (box.intersection_area(other) / max(box.area, 1e-6), -other.area, index)
        for index, other in enumerate(boxes)
        if other.contains(*box.center)
    ]
    return max(shares)[2] if shares else None


def _are_stacked(quads: Iterable[Quad]) -> bool:
    """Whether two of the quads are long lines one over the other."""
    boxes = [quad_box(quad) for quad in quads]
    long = [box for box in boxes if box.width > 4 * box.height]
    return any(
        min(a.x1, b.x1) - max(a.x0, b.x0) > 0.5 * min(a.width, b.width)
        and abs(a.center[1] - b.center[1]) > 0.6 * min(a.height, b.height)
        for index, a in enumerate(long)
        for b in long[:index]
    )
