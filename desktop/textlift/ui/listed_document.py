"""A document in the window: what was opened, and where each of its pages stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textlift.content.page import PageState
from textlift.sessions.stored import PageSummary, StoredDocument
from textlift.ui.page_tally import UNREAD, PageTally


class ListedDocument:
    """A document of the session as the window knows it. Its pages count from 1.

    Attributes:
        id: In the session.
        title: Display name.
        info: As it was opened.
        password: That opened it; kept in memory only.
        checked: Whether it was opened since the program started, so that its password is known.
        tally: Counts its pages.
    """

    def __init__(
        self,
        stored: StoredDocument,
        *,
        summaries: Mapping[int, PageSummary] | None = None,
        password: str = "",
        checked: bool = False,
        among: PageTally | None = None,
    ) -> None:
        """Lists a document.

        Args:
            stored: As the session has it.
            summaries: Of the pages that anything is known of.
            password: That opened it.
            checked: It was opened just now.
            among: Counts the pages of all documents.
        """
        self.id = stored.id
        self.title = stored.title
        self.info = stored.info
        self.password = password
        self.checked = checked
        self._summaries: dict[int, PageSummary] = {}
        self.tally = PageTally(among)
        self.tally.add_unread(stored.info.page_count)
        self.set_summaries(summaries or {})

    @property
    def page_count(self) -> int:
        return self.info.page_count

    def summary(self, page: int) -> PageSummary:
        """Where a page stands."""
        return self._summaries.get(page, UNREAD)

    def count(self, *states: PageState) -> int:
        """How many pages are in one of these states."""
        return self.tally.count(*states)

    def pages_in(self, *states: PageState) -> list[int]:
        """The pages that are in one of these states, in order."""
        return [
            page for page in range(1, self.page_count + 1) if self.summary(page).state in states
        ]

    @property
    def to_check(self) -> int:
        """How many warnings nobody has ticked off, of all pages."""
        return self.tally.to_check

    def pages_to_check(self) -> list[int]:
        """The pages that have such warnings, in order."""
        if not self.tally.to_check:
            return []
        return sorted(page for page, summary in self._summaries.items() if summary.warnings)

    def known(self, page: int) -> bool:
        """Whether the session holds anything of the page."""
        return page in self._summaries

    def set_summary(self, page: int, summary: PageSummary) -> None:
        """Takes note of where a page stands now."""
        self.tally.change(self.summary(page), summary)
        self._summaries[page] = summary

    def set_summaries(self, summaries: Mapping[int, PageSummary]) -> bool:
        """Takes note of all pages at once; tells whether any stands elsewhere now."""
        before, self._summaries = self._summaries, dict(summaries)
        if before == self._summaries:
            return False
        for page in before.keys() | self._summaries.keys():
            was, now = before.get(page, UNREAD), self.summary(page)
            if was is not now:
                self.tally.change(was, now)
        return True

    def queue(self, pages: Iterable[int]) -> None:
        """Takes note that pages wait to be read."""
        for page in pages:
            before = self.summary(page)
            self.set_summary(
                page,
                PageSummary(
                    state=PageState.QUEUED, warnings=before.warnings, failures=before.failures
                ),
            )

    def describe(self) -> str:
        """How far it is, in a few words."""
        if self.page_count == 1:
            return state_words(self.summary(1))
        read = self.count(PageState.DONE, PageState.WARNED)
        failed = self.count(PageState.FAILED)
        words = f"{self.page_count:,} pages"
        if self.count(PageState.QUEUED) or 0 < read < self.page_count:
            words = f"{read:,} of {self.page_count:,} read"
        elif read == self.page_count:
            words += " read" if not self.to_check else ""
        if failed:
            words += f", {failed:,} failed"
        return f"{words}, {self.to_check:,} to check" if self.to_check else words

    @property
    def state(self) -> PageState:
        """The state that says most of the document as a whole."""
        if self.count(PageState.QUEUED):
            return PageState.QUEUED
        if self.count(PageState.FAILED):
            return PageState.FAILED
        if self.count(PageState.UNREAD):
            return PageState.UNREAD
        return PageState.WARNED if self.count(PageState.WARNED) else PageState.DONE


def state_words(summary: PageSummary) -> str:
    """A page's state in a few words."""
    if summary.state is PageState.FAILED and summary.warnings:
        return f"Failed, {summary.warnings} to check"
    if summary.state is PageState.WARNED:
        notes = []
        if summary.warnings:
            notes.append(f"{summary.warnings} to check")
        if summary.failures:
            notes.append(_counted(summary.failures, "failed try", "failed tries"))
        return f"Read, {', '.join(notes)}" if notes else "Read, to check"
    return {
        PageState.UNREAD: "Not read",
        PageState.QUEUED: "Waiting",
        PageState.DONE: "Read",
        PageState.FAILED: "Failed",
    }[summary.state]


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
