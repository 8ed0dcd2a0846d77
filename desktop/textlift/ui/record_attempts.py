"""What was tried at a page, in words: as HTML for the window and as plain text to copy."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime
from html import escape

from textlift.content.attempt import Attempt
from textlift.content.attempt_story import (
    EngineTitle,
    attempt_story,
    device_words,
    duration_words,
    outcome_words,
    pixel_words,
)
from textlift.content.generation import Generation
from textlift.content.page import PageRecord
from textlift.models.on_disk import shown_size
from textlift.ui.progress import speed_words
from textlift.ui.record_link import record_link
from textlift.ui.theme import Colours


def attempts_html(
    page: PageRecord,
    *,
    engine_title: EngineTitle,
    colours: Colours,
    unfolded: Container[int] = (),
) -> str:
    """The story, and under it each try with its facts.

    Links, N counting the tries from 0: ``unfold:N`` and ``fold:N`` show and hide the technical
    details and the part that was written; ``copy:N`` copies all of a try.

    Args:
        page: Whose tries they are.
        engine_title: Gives an engine's name for people.
        colours: Of the window.
        unfolded: The tries whose details are shown.
    """
    parts = []
    if len(page.attempts) > 1:
        parts.append(f'<p style="margin:4px 0 8px 0">{escape(_story(page, engine_title))}</p>')
    parts += [
        _attempt_html(
            number, page, engine_title=engine_title, colours=colours, unfolded=number in unfolded
        )
        for number in range(len(page.attempts))
    ]
    return "".join(parts)


def attempts_plain(page: PageRecord, *, engine_title: EngineTitle) -> Iterator[str]:
    """Lines: the story, then each try with all that is known of it."""
    if page.attempts:
        yield ""
        yield _story(page, engine_title)
    for number in range(len(page.attempts)):
        yield ""
        yield from attempt_plain(number, page, engine_title=engine_title)


def attempt_plain(number: int, page: PageRecord, *, engine_title: EngineTitle) -> Iterator[str]:
    """Lines: one try, counted from 0, with all that is known of it."""
    attempt = page.attempts[number]
    failure = f" [{attempt.failure.value}]" if attempt.failure is not None else ""
    yield f"{number + 1}. {_title(attempt, engine_title)}{failure}"
    for facts in _facts(attempt, page):
        yield f"   {facts}"
    if attempt.sentence:
        yield f"   {attempt.sentence}"
    if attempt.partial:
        yield f"   {_partial_words(attempt)}:"
        yield from (f"   > {line}" for line in attempt.partial.splitlines())
    yield from (f"   | {line}" for line in attempt.details.splitlines())


def _story(page: PageRecord, engine_title: EngineTitle) -> str:
    return attempt_story(page.attempts, engine_title=engine_title, to_check=len(page.to_check))


def _attempt_html(
    number: int,
    page: PageRecord,
    *,
    engine_title: EngineTitle,
    colours: Colours,
    unfolded: bool,
) -> str:
    attempt = page.attempts[number]
    colour, mark = (colours.bad, "✕") if attempt.failure is not None else (colours.good, "✓")
    title = escape(_title(attempt, engine_title))
    lines = [f"<b>{number + 1}. {title}</b>"]
    if attempt.sentence:
        lines.append(escape(attempt.sentence))
    told = _facts(attempt, page)
    if attempt.partial:
        told.append(_partial_words(attempt))
    lines += [f'<span style="color:{colours.muted}">{escape(facts)}</span>' for facts in told]
    if attempt.failure is not None:
        links = []
        if attempt.partial or attempt.details:
            links.append(
                record_link(f"fold:{number}", "▾ Hide details", colours)
                if unfolded
                else record_link(f"unfold:{number}", "▸ Details", colours)
            )
        links.append(record_link(f"copy:{number}", "Copy", colours))
        lines.append("&nbsp;&nbsp;&nbsp;".join(links))
    body = "<br>".join(lines)
    if unfolded:
        body += _details_html(attempt, colours)
    return (
        '<table cellspacing="0" cellpadding="4" width="100%"><tr>'
        f'<td width="22" style="color:{colour}"><b>{mark}</b></td><td>{body}</td></tr></table>'
    )


def _details_html(attempt: Attempt, colours: Colours) -> str:
    """The part that was written, and what a bug report needs, each in a frame of its own."""
    parts = []
    if attempt.partial:
        parts.append(f"<i>What it had written</i>{_frame(attempt.partial, colours)}")
    if attempt.details:
        parts.append(f"<i>Technical details</i>{_frame(attempt.details, colours)}")
    return "".join(f'<p style="margin:6px 0 0 0">{part}</p>' for part in parts)


def _frame(text: str, colours: Colours) -> str:
    lines = escape(text.strip("\n")).replace("\n", "<br>").replace("  ", "&nbsp; ")
    return (
        f'<table cellspacing="0" cellpadding="6" width="100%" bgcolor="{colours.line}">'
        f"<tr><td><code>{lines}</code></td></tr></table>"
    )


def _title(attempt: Attempt, engine_title: EngineTitle) -> str:
    if not attempt.engine:
        return "The page could not be opened"
    name = engine_title(attempt.engine)
    return f"{name} read it" if attempt.failure is None else f"{name}: {outcome_words(attempt)}"


def _facts(attempt: Attempt, page: PageRecord) -> list[str]:
    """Lines of facts: of every try, then of what a generating model did in it."""
    when = datetime.fromtimestamp(attempt.started_at).astimezone()
    facts = [duration_words(attempt.seconds)]
    if attempt.device:
        where = device_words(attempt.device)
        facts.append(f"on the {where}" if where.isalpha() else f"on {where}")
    if attempt.pixels:
        facts.append(pixel_words(attempt.pixels))
    generation = attempt.generation
    if attempt.failure is None and generation is None and page.reading is not None:
        generation = page.reading.generation
    peak = attempt.peak_memory or (generation.peak_memory if generation is not None else 0)
    if peak:
        facts.append(f"{shown_size(peak)} of memory at most")
    facts.append(f"{when:%Y-%m-%d %H:%M:%S}")
    lines = [" · ".join(facts)]
    if generation is not None and (generation.tokens or attempt.failure is None):
        lines.append(" · ".join(_generation_facts(generation)))
    return lines


def _generation_facts(generation: Generation) -> Iterator[str]:
    if generation.mode:
        yield f"asked for “{generation.mode}”"
    if generation.pixels:
        yield f"saw {pixel_words(generation.pixels)}"
    limit = f" of {generation.token_limit:,}" if generation.token_limit else ""
    yield f"{generation.tokens:,}{limit} tokens"
    if generation.tokens_per_second:
        yield f"{speed_words(generation.tokens_per_second)} tokens/s"
    if generation.dtype:
        yield generation.dtype


def _partial_words(attempt: Attempt) -> str:
    characters = f"{len(attempt.partial):,}"
    return f"Had written {characters} characters, which are kept"
