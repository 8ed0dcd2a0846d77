"""Leads from one thing to check to the next, over pages and documents, and ticks them off."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from textlift.content.page import PageRecord, PageState
from textlift.content.reading import PageReading
from textlift.ui.current_page import CurrentPage
from textlift.ui.page_view import PageView
from textlift.ui.reader_thread import PageKey
from textlift.ui.reading import Reading
from textlift.ui.text_panel import TextPanel
from textlift.ui.warning_bar import WarningBar
from textlift.ui.workspace import Workspace


class Checking(QObject):
    """Which warning stands out: the same on the page, in the text, in the record and in the bar.

    Warnings are known by their index in ``PageReading.warnings``.

    Attributes:
        index: The warning of the page shown that stands out, or None.

    Signals:
        page_wanted: A ``PageKey`` that has something to check.
        said: A sentence for the user.
        changed: Another warning stands out, or something was ticked off.
    """

    page_wanted = Signal(object)
    said = Signal(str)
    changed = Signal()

    def __init__(
        self,
        *,
        workspace: Workspace,
        reading: Reading,
        current: CurrentPage,
        view: PageView,
        text: TextPanel,
        bar: WarningBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.index: int | None = None
        self._workspace = workspace
        self._reading = reading
        self._current = current
        self._view = view
        self._text = text
        self._bar = bar
        self._of: tuple[PageKey, PageReading | None] | None = None
        self._arriving: tuple[PageKey, int] | None = None
        self._unseen = False
        current.shown.connect(self._on_shown)
        current.refreshed.connect(self._on_refreshed)
        reading.page_started.connect(self._on_begun)
        view.warning_clicked.connect(self._on_clicked)
        text.warning_clicked.connect(self.select)
        text.ticked.connect(self.tick)
        text.all_ticked.connect(self.tick_all)

    @property
    def open_here(self) -> tuple[int, ...]:
        """What is left to check on the page shown."""
        record = self._record
        return record.to_check if record is not None else ()

    @property
    def any_here(self) -> bool:
        """Whether the page shown has warnings at all."""
        record = self._record
        return record is not None and record.reading is not None and bool(record.reading.warnings)

    @property
    def is_ticked(self) -> bool:
        """Whether the warning that stands out is ticked off."""
        record = self._record
        return record is not None and self.index in record.ticked

    def go(self, step: int) -> None:
        """Goes to the next warning that is not ticked off, or with -1 to the one before.

        After the last page it starts over at the first.
        """
        here = self._current.key
        index = self._next_here(step)
        if index is not None:
            self.select(index)
            return
        key, around = self._next_page(step)
        if key is None:
            self.said.emit(self._nothing_left())
            return
        if around:
            self.said.emit(
                "Started over at the first page." if step > 0 else "Started over at the last page."
            )
        if key == here:
            self._arrive(step)
        else:
            self._arriving = (key, step)
            self.page_wanted.emit(key)

    def select(self, index: int) -> None:
        """Makes a warning of the page shown stand out, wherever it is told of."""
        if not self.any_here:
            return
        self.index = index
        self._unseen = not self._current.pixels
        if not self._unseen:
            self._view.select_warning(index)
        self._text.show_warning(index)
        self._show()
        self._bar.announce()

    def toggle(self) -> None:
        """Ticks off the warning that stands out, or takes the tick away again."""
        record = self._record
        if record is not None and self.index is not None:
            self.tick(self.index, self.index not in record.ticked)

    def tick(self, index: int, done: bool) -> None:
        """Ticks off one warning of the page shown, or takes its tick away."""
        record = self._record
        if record is None:
            return
        self._keep(set(record.ticked) | {index} if done else set(record.ticked) - {index})

    def tick_all(self, done: bool) -> None:
        """Ticks off everything on the page shown, or takes all ticks away."""
        record = self._record
        if record is not None and record.reading is not None:
            self._keep(range(len(record.reading.warnings)) if done else ())

    def toggle_all(self) -> None:
        """Ticks off everything on the page shown, or, where it is, takes all ticks away."""
        self.tick_all(bool(self.open_here))

    @property
    def _record(self) -> PageRecord | None:
        """The page shown; none while it is being read, since its warnings are about to go."""
        if self._current.key is None or self._current.key in self._reading.streams:
            return None
        return self._current.record

    def _keep(self, ticked: Iterable[int]) -> None:
        self._current.tick(ticked)
        self._show()
        self._bar.announce()
        if self.any_here and not self.open_here:
            left = self._workspace.tally.to_check
            # The page shown is counted there still: its ticks are just being stored.
            here = self._open_in_list()
            rest = "Nothing is left to check on this page."
            self.said.emit(rest if left > here else self._nothing_left())

    def _open_in_list(self) -> int:
        key = self._current.key
        document = self._workspace.get(key.document_id) if key is not None else None
        return document.summary(key.page).warnings if key is not None and document else 0

    def _next_here(self, step: int) -> int | None:
        left = self.open_here
        if self.index is None:
            return left[0] if left and step > 0 else None
        if step > 0:
            return next((index for index in left if index > self.index), None)
        return next((index for index in reversed(left) if index < self.index), None)

    def _next_page(self, step: int) -> tuple[PageKey | None, bool]:
        """The next page with something to check, perhaps this one, and whether it is around."""
        documents = list(self._workspace)
        key = self._current.key
        places = (row for row, one in enumerate(documents) if key and one.id == key.document_id)
        here = next(places, None)
        for turn, row in enumerate(_ring(len(documents), here, step)):
            document = documents[row]
            pages = [
                page
                for page in document.pages_to_check()[::step]
                if PageKey(document.id, page) not in self._reading.streams
            ]
            if row == here and key is not None:
                # The list learns of ticks a moment after they were made; the page shown knows
                # better. It comes last of all.
                further = [page for page in pages if (page - key.page) * step > 0]
                others = [page for page in pages if (page - key.page) * step < 0]
                others += [key.page] if self.open_here else []
                pages = others if turn else further
            if pages:
                around = here is not None and turn > 0 and (row - here) * step <= 0
                return PageKey(document.id, pages[0]), around
        return None, False

    def _nothing_left(self) -> str:
        failed = self._workspace.tally.count(PageState.FAILED)
        if failed:
            pages = "1 page has failed" if failed == 1 else f"{failed:,} pages have failed"
            return f"Nothing is left to check, but {pages}."
        if self._reading.streams or self._workspace.tally.count(PageState.UNREAD, PageState.QUEUED):
            return "Nothing is left to check on the pages that are read."
        return "Nothing is left to check."

    # Following the page

    def _on_shown(self, key: PageKey | None) -> None:
        record = self._current.record
        of = (key, record.reading if record is not None else None) if key is not None else None
        if of != self._of:
            self._of = of
            self.index = None
        arriving = self._arriving
        if arriving is not None and key is not None:
            self._arriving = None
            if arriving[0] == key:
                self._arrive(arriving[1])
        self._show()

    def _arrive(self, step: int) -> None:
        left = self.open_here
        if left:
            self.select(left[0] if step > 0 else left[-1])

    def _on_refreshed(self) -> None:
        """The page was drawn anew: the warning that stands out does so again."""
        if self.index is not None and self._current.pixels and self._record is not None:
            self._view.select_warning(self.index, reveal=self._unseen)
            self._unseen = False

    def _on_begun(self, key: PageKey) -> None:
        if key == self._current.key:
            self.index = None
            self._show()

    def _on_clicked(self, index: int) -> None:
        self.index = index
        self._unseen = False
        self._text.show_warning(index)
        self._show()

    def _show(self) -> None:
        self._bar.show_page(self._record, self.index)
        self.changed.emit()


def _ring(count: int, here: int | None, step: int) -> list[int]:
    """The rows of documents in the order to look through them: once around, ending here again."""
    rows = list(range(count))[::step]
    if here is None:
        return rows
    place = rows.index(here)
    return [*rows[place:], *rows[: place + 1]]
