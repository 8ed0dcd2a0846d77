"""Export as Markdown: blocks with their structure, and each page's record as a comment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from textlift.content.markdown import page_markdown
from textlift.content.markdown_text import escape_inline, escape_line, html_comment
from textlift.content.page import PageRecord
from textlift.exports.contract import ExportDocument
from textlift.exports.marks import PartialText, UnreadRun, page_mark, partial_text, with_unread_runs
from textlift.exports.open_checks import OpenChecks


class MarkdownExporter:
    """MD: a comment before each page says which model read it, its warnings and failed attempts.

    A page without text is a block quote that says so, which a renderer shows; what a model had
    read of it before it failed is another. So is a note at the end on what is left to check.
    """

    name = "md"
    title = "Markdown"
    extension = ".md"

    def pieces(
        self, documents: Iterable[ExportDocument], *, titled: bool, note: bool = False
    ) -> Iterator[str]:
        """See ``Exporter``."""
        separator = ""
        checks = OpenChecks()
        for document in documents:
            for part in _parts(document, checks, titled=titled):
                yield separator + part
                separator = "\n\n"
        if separator:
            yield "\n"
        if note and checks.count:
            yield f"\n* * *\n\n> **{checks.headline}.**\n>\n"
            for line in checks.lines():
                yield f"> - {escape_line(line)}\n"


def _parts(document: ExportDocument, checks: OpenChecks, *, titled: bool) -> Iterator[str]:
    if titled:
        yield f"# {escape_inline(document.title)}"
    if document.problem:
        yield _quote(f"{document.title} could not be opened.", document.problem)
    for page in with_unread_runs(checks.watched(document, titled=titled)):
        if isinstance(page, UnreadRun):
            yield _quote(page.mark, "")
            continue
        yield html_comment(page_note(page))
        if mark := page_mark(page):
            sentence, _, reason = mark.partition(". ")
            yield _quote(f"{sentence.removesuffix('.')}.", reason)
        if partial := partial_text(page):
            yield _partial_quote(partial)
        if text := page_markdown(page):
            yield text


def page_note(page: PageRecord) -> str:
    """One line about how a page was read: model, why, edit, warnings, failed attempts."""
    notes = []
    reading = page.reading
    if reading is not None:
        why = f" ({reading.why.rstrip('.')})" if reading.why else ""
        notes.append(f"read by {reading.read_by}{why}")
        if reading.box is not None:
            edges = ", ".join(f"{edge:g}" for edge in msgspec.structs.astuple(reading.box))
            notes.append(f"only the part {edges} was read")
        if not reading.blocks and page.edit is None:
            notes.append("no text found")
    if page.edit is not None:
        notes.append("edited")
    if reading is not None:
        notes.extend(
            f"{_warned(page, index)}: {warning.sentence.rstrip('.')}"
            for index, warning in enumerate(reading.warnings)
        )
    notes.extend(
        f"{attempt.engine or 'the document'} failed: {attempt.sentence.rstrip('.')}"
        for attempt in page.attempts
        if attempt.failure is not None
    )
    return "; ".join([f"page {page.number}", *notes])


def _warned(page: PageRecord, index: int) -> str:
    return "warning, ticked off" if index in page.ticked else "warning"


def _quote(sentence: str, reason: str) -> str:
    text = f"> **{escape_inline(sentence)}**"
    return f"{text} {escape_inline(reason)}" if reason else text


def _partial_quote(partial: PartialText) -> str:
    """The part as lines of a quote, whatever Markdown the model wrote: it may be broken."""
    lines = [escape_line(line) for line in partial.text.split("\n")]
    # Two spaces keep the line break.
    body = [f"> {line}  " if line else ">" for line in lines]
    opening, closing = escape_inline(partial.opening), escape_inline(partial.closing)
    return "\n".join([f"> **{opening}**", ">", *body, ">", f"> **{closing}**"])
