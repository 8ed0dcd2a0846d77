"""How many pages are in which state: kept up with each change, so that nobody has to count."""

from __future__ import annotations

from collections import Counter

from textlift.content.page import PageState
from textlift.sessions.stored import PageSummary

UNREAD = PageSummary(state=PageState.UNREAD)


class PageTally:
    """The pages of a document, or of all documents together.

    Attributes:
        pages: All of them.
        states: How many pages are in each state.
        to_check: Warnings that nobody has ticked off.
        pages_to_check: Pages that have such warnings.
    """

    def __init__(self, total: PageTally | None = None) -> None:
        """Begins with no pages.

        Args:
            total: Is kept up too, for documents together.
        """
        self.pages = self.to_check = self.pages_to_check = 0
        self.states: Counter[PageState] = Counter()
        self._total = total

    def count(self, *states: PageState) -> int:
        """How many pages are in one of these states."""
        return sum(self.states[state] for state in states)

    def add_unread(self, pages: int) -> None:
        """So many pages come in that nothing is known of."""
        self.pages += pages
        self.states[PageState.UNREAD] += pages
        if self._total is not None:
            self._total.add_unread(pages)

    def change(self, before: PageSummary, after: PageSummary) -> None:
        """A page stands elsewhere now."""
        self.states[before.state] -= 1
        self.states[after.state] += 1
        self.to_check += after.warnings - before.warnings
        self.pages_to_check += bool(after.warnings) - bool(before.warnings)
        if self._total is not None:
            self._total.change(before, after)

    def leave(self) -> None:
        """These pages are no longer among those of all documents."""
        total, self._total = self._total, None
        if total is not None:
            total.pages -= self.pages
            total.to_check -= self.to_check
            total.pages_to_check -= self.pages_to_check
            total.states.subtract(self.states)
