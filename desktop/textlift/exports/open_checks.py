"""What is left to check on the pages of an export, for the note at its end."""

from __future__ import annotations

from collections.abc import Iterator

from textlift.content.markdown_text import without_controls
from textlift.content.page import PageRecord
from textlift.exports.contract import ExportDocument

MOST_LINES = 200
"""A note that is longer is of no use to a person; the rest is counted."""


class OpenChecks:
    """Notes the warnings that nobody has ticked off, as pages pass by on their way to a file.

    Attributes:
        count: How many there are so far.
    """

    def __init__(self) -> None:
        self.count = 0
        self._lines: list[str] = []

    def watched(self, document: ExportDocument, *, titled: bool) -> Iterator[PageRecord]:
        """The pages of a document, each looked at before it is handed on.

        Args:
            document: Whose pages they are.
            titled: Name the document, since there are several.
        """
        for page in document.pages:
            self._take(page, document.title if titled else "", alone=document.page_count == 1)
            yield page

    @property
    def headline(self) -> str:
        """How much is left, without a full stop: “3 things are left to check”."""
        return (
            "1 thing is left to check"
            if self.count == 1
            else f"{self.count:,} things are left to check"
        )

    def lines(self) -> Iterator[str]:
        """A line for each, in the order of the pages, such as “Page 2: 3 lines were not read.”."""
        yield from self._lines
        if more := self.count - len(self._lines):
            yield f"{more:,} more."

    def _take(self, page: PageRecord, title: str, *, alone: bool) -> None:
        if page.reading is None:
            return
        if title:
            place = title if alone else f"{title}, page {page.number}"
        else:
            place = f"Page {page.number}"
        for index in page.to_check:
            self.count += 1
            if len(self._lines) < MOST_LINES:
                sentence = page.reading.warnings[index].sentence
                self._lines.append(" ".join(without_controls(f"{place}: {sentence}").split()))
