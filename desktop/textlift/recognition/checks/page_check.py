"""What on a page should be looked at, for it does not fit what was read."""

from __future__ import annotations

from textlift.content.geometry import Box
from textlift.content.reading import PageReading, PageWarning, WarningKind
from textlift.inspection.messages import PageLook


def check_page(
    reading: PageReading,
    *,
    look: PageLook | None,
    witness: PageReading | None,  # noqa: ARG001
    width: int,  # noqa: ARG001
    height: int,  # noqa: ARG001
) -> tuple[PageWarning, ...]:
    """Warnings about lines of the page that lie in no block."""
    read = [block.box for block in reading.blocks if block.box is not None]
    if look is None or not read:
        return ()
    return tuple(
        PageWarning(WarningKind.MISSED, "A line was not read.", line.box)
        for line in look.lines
        if line.box is not None and not _is_covered(line.box, read)
    )


def _is_covered(box: Box, blocks: list[Box]) -> bool:
    return sum(box.intersection_area(block) for block in blocks) > box.area / 2
