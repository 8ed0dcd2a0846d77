"""Reading pages again, and what is said of reading."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from textlift.content.page import PageState
from textlift.ui.notices import PAGES, Notice
from textlift.ui.reader_thread import PageKey

if TYPE_CHECKING:
    from textlift.ui.main_window import MainWindow

Action = tuple[str, Callable[[], None]]

_TICK_MS = 1000
"""Between two estimates of the time left."""
_SOON_MS = 0
"""Files come in by the hundred: how far it is is told once for all of a turn."""


class ReadingCommands(QObject):
    """Starts readings that the user asks for; shows progress and notices.

    Attributes:
        offers: What else can be done about a notice, to be shown beside it.

    Signals:
        fit_wanted: Name of a model that lacked memory, and the pages it could not read.
    """

    fit_wanted = Signal(str, object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window_ = window
        self.offers: Callable[[Notice], tuple[Action, ...]] = lambda _notice: ()
        self._workspace = window.workspace
        self._reading = reading = window.reading
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.show_progress)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.show_progress)
        reading.changed.connect(self._on_reading_changed)
        reading.progressed.connect(self.show_progress)
        reading.page_started.connect(self._on_page_started)
        reading.noticed.connect(self._on_noticed)
        reading.settled.connect(window.board.withdraw)
        window.board.closed.connect(self._on_notice_closed)
        reading.braked.connect(self._on_braked)
        reading.edits_in_way.connect(self._on_edits_in_way)
        for signal in (
            window.workspace.opening,
            window.workspace.added,
            window.workspace.removed,
            window.workspace.restored,
            window.workspace.document_changed,
        ):
            signal.connect(self._soon.start)
        self._soon.start()

    def read_again(self, *, model: str = "") -> None:
        """Reads the selected pages again."""
        self.window_.current.flush()
        self._reading.read(self.window_.tree.chosen_pages(), model=model)

    def read_document_again(self, *, model: str = "") -> None:
        """Reads all pages of the documents with a selected row again."""
        self.window_.current.flush()
        keys = [
            PageKey(number, page + 1)
            for number in self.window_.tree.chosen_documents()
            for page in range(self._workspace.document(number).page_count)
        ]
        self._reading.read(keys, model=model)

    def retry_failed(self) -> None:
        """Reads every failed page again."""
        self._reading.read(
            [
                PageKey(document.id, page)
                for document in self._workspace
                for page in document.pages_in(PageState.FAILED)
            ]
        )

    def _on_reading_changed(self) -> None:
        if self._reading.active:
            self._tick.start()
        else:
            self._tick.stop()
        self.show_progress()

    def show_progress(self, *_: object) -> None:
        """Shows how far reading is, or what there is to see."""
        reading, status = self._reading, self.window_.status
        if reading.stopping:
            status.show_progress(0, 0, "Stopping…")
        elif reading.active:
            only_opinions = reading.opinions.streams and not reading.reads_pages
            pages = "" if only_opinions else reading.progress.sentence(time.monotonic())
            words = " · ".join(part for part in (pages, reading.stage) if part)
            total = reading.progress.total if pages else 0
            status.show_progress(reading.read_so_far, total, words or "Reading…")
        elif self._workspace.opening_count:
            status.show_progress(0, 0, f"Opening {self._workspace.opening_count:,} files…")
        else:
            status.show_progress(0, 0, self._summary())

    def _summary(self) -> str:
        tally = self._workspace.tally
        pages = tally.pages
        if not pages:
            return "Ready"
        read = tally.count(PageState.DONE, PageState.WARNED)
        failed, to_check = tally.count(PageState.FAILED), tally.pages_to_check
        words = f"{read:,} of {pages:,} pages read" if pages > 1 else ("Read" if read else "")
        if failed:
            words = f"{words}, {failed:,} failed" if words else "Failed"
        if to_check:
            pages_have = "1 page has" if to_check == 1 else f"{to_check:,} pages have"
            words += f" · {pages_have} something to check (F8)"
        return words or "Not read yet"

    def _on_page_started(self, key: PageKey) -> None:
        if self.window_.actions_["follow"].isChecked():
            self.window_.tree.show_page(key)

    def _on_noticed(self, notice: Notice) -> None:
        actions = self.offers(notice)
        if notice.pages:
            pages = notice.pages
            actions += (
                ("Show", lambda: self.window_.tree.show_page(pages[0])),
                ("Try again", lambda: self._reading.read(pages)),
            )
        if notice.starved and self._reading.runs_model(notice.starved):
            actions += (
                (
                    "Make it fit…",
                    lambda: self.fit_wanted.emit(notice.starved, notice.pages),
                ),
            )
        self.window_.board.post(notice.subject, notice, actions)

    def _on_notice_closed(self, subject: str) -> None:
        if subject.startswith(PAGES):
            self._reading.outcomes.forget(subject)

    def stop(self) -> None:
        """Stops reading; nothing waits any more, also not from an earlier session."""
        self._reading.stop()
        for subject in ("resume", "braked"):
            self.window_.board.withdraw(subject)

    def _on_braked(self, sentence: str) -> None:
        self.window_.board.post(
            "braked",
            Notice(kind="error", text=sentence),
            (("Go on", self._reading.resume_waiting), ("Leave it", self._reading.forget_waiting)),
        )

    def _on_edits_in_way(self, edited: int, total: int, go_on: Callable[[bool], None]) -> None:
        from PySide6.QtWidgets import QMessageBox

        box = QMessageBox(self.window_)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Read again")
        if total == 1:
            box.setText("You have changed the text of this page.")
            again = "Read it again"
        else:
            pages = "1 page" if edited == 1 else f"{edited:,} pages"
            box.setText(f"You have changed the text of {pages} of these {total:,}.")
            again = "Read all again"
        box.setInformativeText("Reading a page again puts the new text in the place of yours.")
        yes = box.addButton(again, QMessageBox.ButtonRole.DestructiveRole)
        some = None
        if total > edited:
            some = box.addButton("Leave those out", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))

        def answered() -> None:
            if box.clickedButton() is yes:
                go_on(True)
            elif some is not None and box.clickedButton() is some:
                go_on(False)

        box.finished.connect(answered)
        box.open()
