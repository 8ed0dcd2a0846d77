"""What there is to check on a page, in words: as HTML for the window and as plain text to copy."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from textlift.content.page import PageRecord
from textlift.content.reading import PageWarning
from textlift.ui.record_link import record_link
from textlift.ui.theme import Colours
from textlift.ui.warning_looks import warning_look


def warnings_html(page: PageRecord, colours: Colours, *, selected: int | None = None) -> str:
    """A row for each warning, with its number, what to do about it, and a link to its place.

    Links and anchors, N counting the reading's warnings from 0: ``warning:N`` shows it,
    ``tick:N`` ticks it off, ``untick:N`` takes that back; ``tick:all`` and ``untick:all``.

    Args:
        page: Whose warnings they are.
        colours: Of the window.
        selected: The warning that stands out, or None.
    """
    warnings = page.reading.warnings if page.reading is not None else ()
    if not warnings:
        return ""
    rows = [
        _row(
            index,
            warning,
            ticked=index in page.ticked,
            selected=index == selected,
            colours=colours,
        )
        for index, warning in enumerate(warnings)
    ]
    table = f'<table cellspacing="0" cellpadding="4" width="100%">{"".join(rows)}</table>'
    if len(warnings) == 1:
        return table
    every, words = (
        ("tick:all", f"All {len(page.to_check)} look right")
        if page.to_check
        else ("untick:all", "Check all again")
    )
    return f'{table}<p style="margin:4px">{record_link(every, words, colours)}</p>'


def warnings_plain(page: PageRecord) -> Iterator[str]:
    """A line for each warning."""
    if page.reading is not None:
        for index, warning in enumerate(page.reading.warnings):
            done = "Ticked off" if index in page.ticked else "To check"
            yield f"{done}: {warning.sentence}"


def _row(
    index: int, warning: PageWarning, *, ticked: bool, selected: bool, colours: Colours
) -> str:
    word = warning_look(warning.kind).word
    links = [
        record_link(f"untick:{index}", "☑ Check again", colours)
        if ticked
        else record_link(f"tick:{index}", "☐ Looks right", colours)
    ]
    if warning.box is not None:
        links.insert(0, record_link(f"warning:{index}", "Show", colours))
    colour = colours.muted if ticked else colours.text
    sign = colours.muted if ticked else colours.warning
    ground = f' bgcolor="{colours.line}"' if selected else ""
    gap = "&nbsp;&nbsp;&nbsp;"
    return (
        f'<tr{ground}><td width="30" style="color:{sign}"><a name="warning{index}"></a>'
        f"<b>{'✓' if ticked else ''}{index + 1}</b></td>"
        f'<td style="color:{colour}"><b>{escape(word)}.</b> {escape(warning.sentence)}'
        f"<br>{gap.join(links)}</td></tr>"
    )
