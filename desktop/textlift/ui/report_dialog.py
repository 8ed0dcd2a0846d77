"""Asks what goes into a report for a bug, and shows all of it before it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from textlift.models.on_disk import shown_size
from textlift.ui.elided_label import ElidedLabel
from textlift.ui.reader_thread import PageKey
from textlift.ui.theme import SPACE

if TYPE_CHECKING:
    from textlift.diagnostics.bug_report import ReportPart

_SIZE = QSize(900, 600)
_ROW = 24
"""Height of a row with a box to tick."""
_SHOWN = 200_000
"""Characters of a part that are shown at once."""
_SOON_MS = 400
"""After the last tick: then the pages are drawn."""


class OfferedPage(msgspec.Struct, frozen=True):
    """A page that may go into the report; ``ticked`` when it is proposed."""

    key: PageKey
    words: str
    ticked: bool = False


class ReportDialog(QDialog):
    """The parts at the left, what is in the chosen one at the right, where to save it below.

    Signals:
        pages_wanted: What of which pages is wanted: tuple of ``PageKey``, images, text.
        save_wanted: The file, and the parts to write: tuple of ``ReportPart``.
    """

    pages_wanted = Signal(object, bool, bool)
    save_wanted = Signal(object, object)

    def __init__(
        self, *, target: Path, pages: Sequence[OfferedPage], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save a report for a bug")
        self.resize(_SIZE)
        self._machine: tuple[ReportPart, ...] | None = None
        self._of_pages: tuple[ReportPart, ...] | None = ()
        self._shown: tuple[ReportPart, ...] = ()
        self._looks: Mapping[str, QImage] = {}
        self._picture = QPixmap()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._ask_pages)
        self._make(target, pages)
        self._show_parts()

    # Making

    def _make(self, target: Path, pages: Sequence[OfferedPage]) -> None:
        says = QLabel(
            "This is all that will be in the file. It is saved on this computer and sent to "
            "nobody; look at it, and attach it to a bug report yourself."
        )
        says.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(says)
        layout.addWidget(self._make_middle(), 1)
        layout.addLayout(self._make_pages(pages))
        layout.addLayout(self._make_target(target))
        layout.addLayout(self._make_bottom())

    def _make_middle(self) -> QSplitter:
        self.list = QListWidget()
        self.list.setAccessibleName("Files of the report")
        self.list.currentRowChanged.connect(lambda _: self._show_content())
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("What is in the file")
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setMinimumSize(1, 1)
        self.picture.setAccessibleName("The image of the page")
        self._content = QStackedWidget()
        self._content.addWidget(self.text)
        self._content.addWidget(self.picture)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(SPACE)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(self._content)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([270, 600])
        return splitter

    def _make_pages(self, pages: Sequence[OfferedPage]) -> QHBoxLayout:
        from textlift.diagnostics.bug_report import MAX_PAGES

        self.images = QCheckBox(f"Put &images of these pages into it ({MAX_PAGES} at most):")
        self.images.setToolTip("Whoever gets the report can see the pages, whole")
        self.page_texts = QCheckBox("Put the &text of these pages into it")
        self.page_texts.setToolTip("Whoever gets the report can read what was read on the pages")
        self.pages = QListWidget()
        self.pages.setAccessibleName("Pages")
        self.pages.setFixedHeight(4 * self.pages.fontMetrics().lineSpacing() + 4 * SPACE)
        for page in pages:
            item = QListWidgetItem(page.words)
            item.setData(Qt.ItemDataRole.UserRole, page.key)
            ticked = Qt.CheckState.Checked if page.ticked else Qt.CheckState.Unchecked
            item.setCheckState(ticked)
            item.setSizeHint(QSize(0, _ROW))
            self.pages.addItem(item)
        self.pages.itemChanged.connect(lambda _: self._on_ticked())
        self.pages.setEnabled(False)
        ticks = QVBoxLayout()
        ticks.addWidget(self.images)
        ticks.addWidget(self.page_texts)
        ticks.addStretch(1)
        for box in (self.images, self.page_texts):
            box.setEnabled(bool(pages))
            box.toggled.connect(lambda _: self._on_ticked())
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addLayout(ticks)
        row.addWidget(self.pages, 1)
        return row

    def _make_target(self, target: Path) -> QHBoxLayout:
        label = QLabel("&Save as:")
        self.target = QLineEdit(str(target))
        self.target.setAccessibleName("File to write")
        self.target.textChanged.connect(lambda _: self._show_what_can_be_done())
        label.setBuddy(self.target)
        choose = QPushButton("&Choose…")
        choose.setAutoDefault(False)
        choose.clicked.connect(lambda *_: self._choose())
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(label)
        row.addWidget(self.target, 1)
        row.addWidget(choose)
        return row

    def _make_bottom(self) -> QHBoxLayout:
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setFixedSize(120, 8)
        self.busy.setAccessibleName("The report is being put together")
        self.said = ElidedLabel()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save = buttons.addButton("Sa&ve", QDialogButtonBox.ButtonRole.AcceptRole)
        self.save.setDefault(True)
        buttons.accepted.connect(self._on_save)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.busy)
        row.addWidget(self.said, 1)
        row.addWidget(buttons)
        return row

    # From outside

    def show_machine(self, parts: tuple[ReportPart, ...]) -> None:
        """Shows what is in it in any case."""
        self._machine = parts
        self._show_parts()

    def show_pages(self, parts: tuple[ReportPart, ...], looks: Mapping[str, QImage]) -> None:
        """Shows what of pages is in it, and how those parts look that are images.

        Nothing of it where something else was ticked since: that is asked for next.
        """
        if self._soon.isActive():
            return
        self._of_pages, self._looks = parts, looks
        self._show_parts()

    def show_problem(self, sentence: str) -> None:
        """Says why it cannot be had or saved; something else may be tried."""
        self.setEnabled(True)
        self._machine = self._machine or ()
        self._of_pages = self._of_pages or ()
        self._show_parts()
        self.said.setText(sentence)

    # Inside

    def _ticked(self) -> tuple[PageKey, ...]:
        items = (self.pages.item(row) for row in range(self.pages.count()))
        return tuple(
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        )

    def _on_ticked(self) -> None:
        wanted = self.images.isChecked() or self.page_texts.isChecked()
        self.pages.setEnabled(wanted)
        # Nothing is saved that is not shown: what was gathered before is void at once.
        self._of_pages = None if wanted and self._ticked() else ()
        self._show_parts()
        self._soon.start()

    def _ask_pages(self) -> None:
        self.pages_wanted.emit(self._ticked(), self.images.isChecked(), self.page_texts.isChecked())

    def _show_parts(self) -> None:
        from textlift.diagnostics.bug_report import readme_part

        row = max(self.list.currentRow(), 0)
        parts = (*(self._machine or ()), *(self._of_pages or ()))
        self._shown = (readme_part(parts), *parts) if parts else ()
        self.list.clear()
        for part in self._shown:
            item = QListWidgetItem(f"{part.name}  ·  {shown_size(len(part.content))}")
            item.setToolTip(part.about)
            self.list.addItem(item)
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self._show_what_can_be_done()

    def _show_what_can_be_done(self) -> None:
        waits = self._machine is None or self._of_pages is None
        self.busy.setVisible(waits)
        self.save.setEnabled(not waits and bool(self.target.text().strip()))
        size = sum(len(part.content) for part in self._shown)
        if self._machine is None:
            self.said.setText("Looking at the machine, the log and the session…")
        elif waits:
            self.said.setText("Drawing the pages…")
        else:
            count = len(self._shown)
            self.said.setText(f"{count} files, {shown_size(size)} before packing")

    def _show_content(self) -> None:
        row = self.list.currentRow()
        if not 0 <= row < len(self._shown):
            self.text.clear()
            self._content.setCurrentWidget(self.text)
            return
        part = self._shown[row]
        if part.is_image:
            self._picture = QPixmap.fromImage(self._looks.get(part.name, QImage()))
            self._content.setCurrentWidget(self.picture)
            self._fit_picture()
            return
        text = part.content.decode("utf-8", "replace")
        more = len(text) - _SHOWN
        if more > 0:
            text = f"{text[:_SHOWN]}\n… {more:,} more characters of the same kind are in the file."
        self.text.setPlainText(text)
        self._content.setCurrentWidget(self.text)

    def _fit_picture(self) -> None:
        if not self._picture.isNull():
            room = self._content.size()
            self.picture.setPixmap(
                self._picture.scaled(
                    room,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._content.currentWidget() is self.picture:
            self._fit_picture()

    def _choose(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Save a report for a bug", self.target.text(), "ZIP (*.zip)"
        )
        if path:
            self.target.setText(path)

    def _on_save(self) -> None:
        target = Path(self.target.text().strip()).expanduser()
        self.setEnabled(False)
        self.said.setText("Saving…")
        self.save_wanted.emit(target, (*(self._machine or ()), *(self._of_pages or ())))
