"""What an export says in place of a page that has no text, so that there is never a silent gap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from textlift.content.page import PageRecord, PageState, best_partial


class UnreadRun(msgspec.Struct, frozen=True):
    """Pages next to each other that nobody has read yet, by their numbers."""

    first: int
    last: int

    @property
    def mark(self) -> str:
        """The sentence that stands in their place."""
        if self.first == self.last:
            return f"Page {self.first} has not been read."
        return f"Pages {self.first} to {self.last} have not been read."


def failure_reason(page: PageRecord) -> str:
    """Why a page failed: what each engine said, each sentence once, on one line."""
    sentences = [attempt.sentence for attempt in page.attempts if attempt.failure is not None]
    distinct = dict.fromkeys(" ".join(sentence.split()) for sentence in sentences)
    return " ".join(sentence for sentence in distinct if sentence)


def page_mark(page: PageRecord) -> str:
    """The sentence to put where a failed page's text would be; empty for any other page.

    A page that failed when it was read again has its mark above the text of the earlier reading.
    The user's own text needs no mark: it is what they made of the page.
    """
    if page.state is not PageState.FAILED or page.edit is not None:
        return ""
    reason = failure_reason(page)
    if page.reading is None:
        return f"Page {page.number} could not be read. {reason}".strip()
    return f"Page {page.number} could not be read again; this is the earlier text. {reason}".strip()


class PartialText(msgspec.Struct, frozen=True):
    """What an engine had read of a failed page.

    Attributes:
        opening: The sentence to put before it.
        text: Never empty.
        closing: The sentence to put after it, so that nobody takes it for a page's whole text.
    """

    opening: str
    text: str
    closing: str


def partial_text(page: PageRecord) -> PartialText | None:
    """The longest part that an attempt left of a page which has no text else; None without."""
    attempt = best_partial(page)
    if attempt is None:
        return None
    return PartialText(
        opening=f"What {attempt.engine} had read of page {page.number} before it failed, "
        "unchecked and not complete:",
        text=attempt.partial.strip("\n"),
        closing=f"The text of page {page.number} breaks off here.",
    )


def with_unread_runs(pages: Iterable[PageRecord]) -> Iterator[PageRecord | UnreadRun]:
    """The pages, those without any text or outcome gathered into runs."""
    run: UnreadRun | None = None
    for page in pages:
        waiting = page.state in {PageState.UNREAD, PageState.QUEUED}
        if waiting and page.reading is None and page.edit is None:
            follows = run is not None and run.last + 1 == page.number
            first = run.first if run is not None and follows else page.number
            if run is not None and not follows:
                yield run
            run = UnreadRun(first, page.number)
            continue
        if run is not None:
            yield run
            run = None
        yield page
    if run is not None:
        yield run
