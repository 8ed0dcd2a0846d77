"""What happened to a page, in words: as HTML for the window and as plain text to copy."""

from __future__ import annotations

from collections.abc import Container, Iterator
from html import escape

from textlift.content.attempt_story import EngineTitle, duration_words
from textlift.content.languages import language_name
from textlift.content.page import PageRecord, PageState
from textlift.content.reading import StopReason
from textlift.ui.record_attempts import attempts_html, attempts_plain
from textlift.ui.record_warnings import warnings_html, warnings_plain
from textlift.ui.theme import Colours

STATE_WORDS = {
    PageState.UNREAD: "Not read yet",
    PageState.QUEUED: "Waiting to be read",
    PageState.DONE: "Done",
    PageState.WARNED: "Done, with something to check",
    PageState.FAILED: "Failed",
}
_STOP_WORDS = {
    StopReason.LIMIT: "The model stopped at its limit; the end of the page may be missing.",
    StopReason.REPETITION: "The model began to repeat itself and was stopped.",
    StopReason.DEADLINE: "The model took too long and was stopped.",
}


def record_html(
    page: PageRecord,
    *,
    engine_title: EngineTitle,
    colours: Colours,
    selected: int | None = None,
    unfolded: Container[int] = (),
) -> str:
    """The story of a page; for its links see ``warnings_html`` and ``attempts_html``.

    Args:
        page: The page.
        engine_title: Gives an engine's name for people.
        colours: Of the window.
        selected: The warning that stands out, or None.
        unfolded: The attempts whose details are shown, counted from 0.
    """
    state_colour = {
        PageState.UNREAD: colours.muted,
        PageState.QUEUED: colours.accent,
        PageState.DONE: colours.good,
        PageState.WARNED: colours.warning,
        PageState.FAILED: colours.bad,
    }[page.state]
    parts = [
        f'<h2 style="margin:0 0 2px 0">Page {page.number}</h2>',
        f'<p style="margin:0; color:{state_colour}"><b>{STATE_WORDS[page.state]}</b></p>',
        _facts_html(list(_facts(page, engine_title)), colours),
    ]
    if warnings := warnings_html(page, colours, selected=selected):
        parts += [_heading("To check", colours), warnings]
    if page.attempts:
        parts.append(_heading("What was tried", colours))
        parts.append(
            attempts_html(page, engine_title=engine_title, colours=colours, unfolded=unfolded)
        )
    return "".join(parts)


def record_plain(page: PageRecord, *, engine_title: EngineTitle) -> str:
    """The same as plain text, with the details that help to explain a failure."""
    lines = [f"Page {page.number}: {STATE_WORDS[page.state]}"]
    lines += [f"{name}: {value}" for name, value in _facts(page, engine_title)]
    lines += warnings_plain(page)
    lines += attempts_plain(page, engine_title=engine_title)
    return "\n".join(lines) + "\n"


def _facts(page: PageRecord, engine_title: EngineTitle) -> Iterator[tuple[str, str]]:
    reading = page.reading
    if reading is not None:
        yield "Read by", engine_title(reading.read_by)
        if reading.why:
            yield "Why", reading.why
        if reading.languages:
            yield "Language", ", ".join(language_name(code) for code in reading.languages)
        lines = reading.lines
        scores = [line.score for line in lines if line.score is not None]
        sure = f", {sum(scores) / len(scores):.0%} sure on average" if scores else ""
        yield "Lines", f"{len(lines)}{sure}"
        if reading.box is not None:
            yield "Part", "Only a part of the page was asked for and read."
        if reading.stop_reason in _STOP_WORDS:
            yield "Stopped", _STOP_WORDS[reading.stop_reason]
        turned = [f"turned by {reading.rotation}°"] if reading.rotation else []
        turned += [f"straightened by {abs(reading.skew):.1f}°"] if abs(reading.skew) >= 0.1 else []
        if turned:
            yield "Put right", " and ".join(turned)
    if page.rotation is not None:
        yield "Turned by you", f"{page.rotation}°"
    if page.edit is not None:
        yield "Edited", "The text was changed by you."
    if page.width and page.height:
        yield "Size", f"{page.width:,} × {page.height:,} pixels"
    if page.attempts:
        seconds = sum(attempt.seconds for attempt in page.attempts)
        yield "Time", duration_words(seconds)


def _facts_html(facts: list[tuple[str, str]], colours: Colours) -> str:
    rows = "".join(
        f'<tr><td style="color:{colours.muted}; padding:2px 16px 2px 0">{escape(name)}</td>'
        f'<td style="padding:2px 0">{escape(value)}</td></tr>'
        for name, value in facts
    )
    return f'<table cellspacing="0" style="margin-top:12px">{rows}</table>' if rows else ""


def _heading(text: str, colours: Colours) -> str:
    return (
        f'<p style="margin:18px 0 2px 0; color:{colours.muted}"><b>{escape(text.upper())}</b></p>'
    )
