"""Export as plain text: the lines as printed, and a mark for each page that has no text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textlift.content.markdown_text import without_controls
from textlift.content.text_lines import page_text
from textlift.exports.contract import ExportDocument
from textlift.exports.marks import UnreadRun, page_mark, partial_text, with_unread_runs
from textlift.exports.open_checks import OpenChecks

_RULE = "-" * 72


class PlainTextExporter:
    """TXT: nothing but the text, so warnings and the names of models stay out of it.

    Only what would else be a silent gap is written: ``[Page 3 could not be read. …]``, and
    between two such marks what a model had read of the page before it failed. Pages and
    documents are separated by a blank line. A note on what is left to check stands under a rule.
    """

    name = "txt"
    title = "Plain text"
    extension = ".txt"

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
            yield f"\n{_RULE}\n[{checks.headline}; this note is not part of the text]\n"
            for line in checks.lines():
                yield f"[{line}]\n"


def _parts(document: ExportDocument, checks: OpenChecks, *, titled: bool) -> Iterator[str]:
    if titled:
        yield f"==> {document.title} <=="
    if document.problem:
        yield f"[{document.title} could not be opened. {document.problem}]"
    for page in with_unread_runs(checks.watched(document, titled=titled)):
        if isinstance(page, UnreadRun):
            yield f"[{page.mark}]"
            continue
        if mark := page_mark(page):
            yield f"[{mark}]"
        if partial := partial_text(page):
            yield f"[{partial.opening}]"
            yield without_controls(partial.text)
            yield f"[{partial.closing}]"
        if text := without_controls(page_text(page)).strip("\n"):
            yield text
