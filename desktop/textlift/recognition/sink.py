"""Where a run puts the outcome of each page."""

from __future__ import annotations

from typing import Protocol

from textlift.content.attempt import Attempt
from textlift.content.geometry import Box
from textlift.content.opinion import Opinion
from textlift.content.page import PageRecord
from textlift.content.reading import PageReading


class PageSink(Protocol):
    """Keeps pages; ``SessionStore`` is one. Called from the run's threads."""

    def finish_page(
        self,
        document_id: int,
        page: int,
        *,
        reading: PageReading | None,
        attempts: tuple[Attempt, ...],
        width: int,
        height: int,
    ) -> PageRecord | None:
        """Keeps the outcome of a page.

        Returns:
            The page as kept, or None when its document was removed meanwhile.
        """

    def finish_opinion(
        self,
        document_id: int,
        page: int,
        *,
        asked: str,
        reading: PageReading | None,
        attempts: tuple[Attempt, ...],
        width: int,
        height: int,
        box: Box | None,
    ) -> Opinion | None:
        """Keeps a second opinion, which changes nothing of the page.

        Returns:
            The opinion as kept, or None when its document was removed meanwhile.
        """
