"""The tab that tells how a page was read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QUrl, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from textlift.content.attempt_story import EngineTitle
from textlift.content.page import PageRecord
from textlift.ui.markdown_view import QuietBrowser
from textlift.ui.record_attempts import attempt_plain
from textlift.ui.record_text import record_html, record_plain
from textlift.ui.theme import colours


class RecordView(QWidget):
    """Read-only.

    Attributes:
        warning_clicked: A warning whose place the user wants to see, by its index.
        ticked: A warning's index, and whether it is ticked off or to be checked again.
        all_ticked: The same of all warnings of the page.
    """

    warning_clicked = Signal(int)
    ticked = Signal(int, bool)
    all_ticked = Signal(bool)

    def __init__(self, engine_title: EngineTitle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine_title = engine_title
        self._record: PageRecord | None = None
        self._selected: int | None = None
        self._unfolded: frozenset[int] = frozenset()
        self.browser = QuietBrowser()
        self.browser.setAccessibleName("Page record")
        self.browser.anchorClicked.connect(self._on_link)
        self.copy_button = QPushButton("Copy details")
        self.copy_button.setToolTip(
            "Copy all of this with technical details; it may quote the page"
        )
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 10)
        bar.addStretch()
        bar.addWidget(self.copy_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.browser)
        layout.addLayout(bar)
        self.show_page(None)

    def show_page(self, record: PageRecord | None, *, selected: int | None = None) -> None:
        """Tells the story of another page, or of none.

        Args:
            record: Of the page.
            selected: The warning that stands out in the list and is brought into view.
        """
        same_page = (
            record is not None and self._record is not None and record.number == self._record.number
        )
        tried = record.attempts if record is not None else ()
        if self._record is None or tried != self._record.attempts:
            self._unfolded = frozenset()
        self._record = record
        as_before = self._selected == selected
        self._selected = selected
        self.copy_button.setEnabled(record is not None)
        place = self.browser.verticalScrollBar().value() if same_page else 0
        if record is None:
            self.browser.setHtml(
                f'<p style="color:{colours().muted}">How a page was read is told here.</p>'
            )
        else:
            self.browser.setHtml(
                record_html(
                    record,
                    engine_title=self._engine_title,
                    colours=colours(),
                    selected=selected,
                    unfolded=self._unfolded,
                )
            )
        self.browser.verticalScrollBar().setValue(place)
        if selected is not None and not (same_page and as_before):
            self.browser.scrollToAnchor(f"warning{selected}")

    def details(self) -> str:
        """What the button copies."""
        if self._record is None:
            return ""
        return record_plain(self._record, engine_title=self._engine_title)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.show_page(self._record, selected=self._selected)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details())

    def _on_link(self, link: QUrl) -> None:
        if link.scheme() in {"unfold", "fold", "copy"}:
            self._on_attempt_link(link.scheme(), int(link.path()))
            return
        reading = self._record.reading if self._record is not None else None
        done = link.scheme() == "tick"
        if reading is None or link.scheme() not in {"warning", "tick", "untick"}:
            return
        if link.path() == "all":
            self.all_ticked.emit(done)
        elif link.path().isdigit() and int(link.path()) < len(reading.warnings):
            if link.scheme() == "warning":
                self.warning_clicked.emit(int(link.path()))
            else:
                self.ticked.emit(int(link.path()), done)

    def _on_attempt_link(self, what: str, number: int) -> None:
        record = self._record
        if record is None or number >= len(record.attempts):
            return
        if what == "copy":
            lines = attempt_plain(number, record, engine_title=self._engine_title)
            QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
            return
        self._unfolded = (
            self._unfolded | {number} if what == "unfold" else self._unfolded - {number}
        )
        self.show_page(record, selected=self._selected)
