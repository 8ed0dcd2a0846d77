"""What happened to a page, in words: as HTML for the window and as plain text to copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from html import escape

from textlift.content.attempt import Attempt
from textlift.content.generation import Generation
from textlift.content.languages import language_name
from textlift.content.page import PageRecord, PageState
from textlift.content.reading import StopReason
from textlift.models.on_disk import shown_size
from textlift.ui.progress import speed_words
from textlift.ui.record_warnings import warnings_html, warnings_plain
from textlift.ui.theme import Colours

EngineTitle = Callable[[str], str]

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
) -> str:
    """The story of a page; for its links see ``warnings_html``.

    Args:
        page: The page.
        engine_title: Gives an engine's name for people.
        colours: Of the window.
        selected: The warning that stands out, or None.
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
        parts.extend(
            _attempt_html(number, attempt, page, engine_title=engine_title, colours=colours)
            for number, attempt in enumerate(page.attempts, start=1)
        )
    return "".join(parts)


def record_plain(page: PageRecord, *, engine_title: EngineTitle) -> str:
    """The same as plain text, with the details that help to explain a failure."""
    lines = [f"Page {page.number}: {STATE_WORDS[page.state]}"]
    lines += [f"{name}: {value}" for name, value in _facts(page, engine_title)]
    lines += warnings_plain(page)
    for number, attempt in enumerate(page.attempts, start=1):
        failure = f" [{attempt.failure.value}]" if attempt.failure is not None else ""
        lines.append("")
        lines.append(f"{number}. {_attempt_title(attempt, engine_title)}{failure}")
        lines += [f"   {facts}" for facts in _attempt_facts(attempt, page)]
        if attempt.sentence:
            lines.append(f"   {attempt.sentence}")
        if attempt.partial:
            lines.append(f"   {_partial_words(attempt)}:")
            lines += [f"   > {line}" for line in attempt.partial.splitlines()]
        lines += [f"   | {line}" for line in attempt.details.splitlines()]
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
        yield "Size", f"{page.width:,} × {page.height:,} pixels".replace(",", "\u202f")
    if page.attempts:
        seconds = sum(attempt.seconds for attempt in page.attempts)
        yield "Time", _seconds(seconds)


def _facts_html(facts: list[tuple[str, str]], colours: Colours) -> str:
    rows = "".join(
        f'<tr><td style="color:{colours.muted}; padding:2px 16px 2px 0">{escape(name)}</td>'
        f'<td style="padding:2px 0">{escape(value)}</td></tr>'
        for name, value in facts
    )
    return f'<table cellspacing="0" style="margin-top:12px">{rows}</table>' if rows else ""


def _attempt_html(
    number: int,
    attempt: Attempt,
    page: PageRecord,
    *,
    engine_title: EngineTitle,
    colours: Colours,
) -> str:
    failed = attempt.failure is not None
    colour, mark = (colours.bad, "✕") if failed else (colours.good, "✓")
    title = escape(_attempt_title(attempt, engine_title))
    sign = f'<span style="color:{colour}">{mark}</span>'
    parts = [f'<p style="margin:10px 0 0 0">{sign}&nbsp;<b>{number}. {title}</b></p>']
    if attempt.sentence:
        parts.append(f'<p style="margin:2px 0 0 0">{escape(attempt.sentence)}</p>')
    told = _attempt_facts(attempt, page)
    if attempt.partial:
        told.append(_partial_words(attempt))
    muted = f'<p style="margin:2px 0 0 0; color:{colours.muted}">'
    parts.extend(f"{muted}{escape(facts)}</p>" for facts in told)
    return "".join(parts)


def _heading(text: str, colours: Colours) -> str:
    return (
        f'<p style="margin:18px 0 2px 0; color:{colours.muted}"><b>{escape(text.upper())}</b></p>'
    )


def _attempt_title(attempt: Attempt, engine_title: EngineTitle) -> str:
    if not attempt.engine:
        return "The page could not be opened"
    name = engine_title(attempt.engine)
    return f"{name} read it" if attempt.failure is None else f"{name} could not read it"


def _attempt_facts(attempt: Attempt, page: PageRecord) -> list[str]:
    """Lines of facts: of every attempt, then of what a generating model did in it."""
    when = datetime.fromtimestamp(attempt.started_at).astimezone()
    facts = [_seconds(attempt.seconds)]
    if attempt.device:
        facts.append("on the CPU" if attempt.device == "cpu" else f"on {attempt.device}")
    if attempt.pixels:
        facts.append(f"{attempt.pixels / 1e6:.1f} megapixels")
    generation = page.reading.generation if page.reading is not None else None
    if attempt.failure is not None:
        generation = None
    peak = attempt.peak_memory or (generation.peak_memory if generation is not None else 0)
    if peak:
        facts.append(f"{shown_size(peak)} of memory at most")
    facts.append(f"{when:%Y-%m-%d %H:%M:%S}")
    lines = [" · ".join(facts)]
    if generation is not None:
        lines.append(" · ".join(_generation_facts(generation)))
    return lines


def _generation_facts(generation: Generation) -> Iterator[str]:
    if generation.mode:
        yield f"asked for “{generation.mode}”"
    if generation.pixels:
        yield f"saw {generation.pixels / 1e6:.1f} megapixels"
    limit = f" of {generation.token_limit:,}" if generation.token_limit else ""
    yield f"{generation.tokens:,}{limit} tokens".replace(",", "\u202f")
    if generation.tokens_per_second:
        yield f"{speed_words(generation.tokens_per_second)} tokens/s"
    if generation.dtype:
        yield generation.dtype


def _partial_words(attempt: Attempt) -> str:
    characters = f"{len(attempt.partial):,}".replace(",", "\u202f")
    return f"Had written {characters} characters, which are kept"


def _seconds(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {seconds % 60:.0f} s"
