"""What is said of the page in the page view: instead of its picture, and to screen readers."""

from __future__ import annotations

from collections.abc import Sequence

from textlift.content.block import Line
from textlift.content.page import PageRecord, PageState


def page_description(
    record: PageRecord | None,
    *,
    lines: Sequence[Line],
    selected: int | None,
    warning: int | None,
    rotation: int,
) -> str:
    """What the picture of a page shows, for those who cannot see it.

    Args:
        record: What is known of the page.
        lines: Drawn over it.
        selected: The line that stands out, or None.
        warning: The warning that stands out, or None.
        rotation: Degrees clockwise the page is turned on the screen.
    """
    number = record.number if record is not None else 1
    parts = [f"Page {number}, {len(lines)} lines found."]
    if rotation:
        parts.append(f"Turned by {rotation} degrees.")
    if record is not None and record.to_check:
        parts.append(f"{len(record.to_check)} to check.")
    if record is not None and record.reading is not None and warning is not None:
        parts.append(f"Warning {warning + 1}: {record.reading.warnings[warning].sentence}")
    if selected is not None:
        parts.append(f"Line {selected + 1}: {lines[selected].text}")
    parts.append("Control and the arrow keys go from line to line.")
    return " ".join(parts)


def instead_of_picture(record: PageRecord | None) -> str:
    """What is shown while, or because, there is no picture of a page."""
    if record is None:
        return "Choose a page to see it here."
    if record.state is PageState.FAILED and record.attempts:
        return record.attempts[-1].sentence
    return f"Page {record.number} is being opened…"
