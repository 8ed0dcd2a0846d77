"""The page that the window shows: keeps its picture, its record and its edits together."""

from __future__ import annotations

import time
from collections.abc import Iterable

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from textlift.content.page import PageEdit, PageRecord
from textlift.engines.contract import ReadProgress
from textlift.ui.page_view import PageView
from textlift.ui.progress import place_written
from textlift.ui.reader_thread import PageKey
from textlift.ui.reading import Reading
from textlift.ui.text_panel import TextPanel
from textlift.ui.workspace import Workspace

_REST = 9
"""Times as long as it took to draw what was read is nothing of it drawn anew: of a page with
thousands of lines that takes a while, and lines come by the dozen."""
_PATIENCE_MS = 200
"""A page that is drawn faster than this takes the place of the one before without a message."""


class CurrentPage(QObject):
    """Brings the chosen page into the page view and the text panel, as its parts arrive.

    Signals:
        shown: The text of this ``PageKey`` is in the panel now; None when there is no page.
        refreshed: The picture and what lies over it were shown anew.
    """

    shown = Signal(object)
    refreshed = Signal()

    def __init__(
        self,
        *,
        workspace: Workspace,
        reading: Reading,
        view: PageView,
        text: TextPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.key: PageKey | None = None
        self.record: PageRecord | None = None
        self._workspace = workspace
        self._reading = reading
        self._view = view
        self._text = text
        self._image: QImage | None = None
        self._message = ""
        self._version = 0
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience_over)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._on_rested)
        self._more_read = False
        workspace.page_drawn.connect(self._on_drawn)
        workspace.page_not_drawn.connect(self._on_not_drawn)
        workspace.unlocked.connect(self._on_unlocked)
        workspace.document_changed.connect(self._on_document_changed)
        reading.page_started.connect(self._on_stream_began)
        reading.page_progressed.connect(self._on_progressed)
        reading.page_voided.connect(self._on_stream_began)
        reading.page_finished.connect(self._on_finished)
        view.line_clicked.connect(text.select_line)
        view.rotation_changed.connect(self._on_turned)
        text.line_clicked.connect(view.select_line)
        text.edited.connect(self._on_edited)

    def show(self, key: PageKey | None) -> None:
        """Shows a page, or none."""
        if key == self.key:
            return
        self.flush()
        self.key = key
        self.record = None
        self._image = None
        self._message = ""
        self._text.show_page(None)
        if key is None:
            self._patience.stop()
            self._refresh()
            self.shown.emit(None)
            return
        self._patience.start()
        self._workspace.draw(key)
        self._fetch()

    @property
    def pixels(self) -> int:
        """Of the page shown, as it is rendered; 0 while there is none."""
        return self._image.width() * self._image.height() if self._image is not None else 0

    def flush(self) -> None:
        """Stores what the user typed up to now."""
        self._text.flush_edits()

    def tick(self, ticked: Iterable[int]) -> None:
        """Ticks off these warnings of the page, and no others; shown at once, then stored."""
        key, record = self.key, self.record
        if key is None or record is None or record.reading is None:
            return
        self.flush()
        self._version += 1
        version, reading = self._version, record.reading
        record = msgspec.structs.replace(self.record or record, ticked=tuple(sorted(ticked)))
        self._show_record(record)

        def stored(record: PageRecord) -> None:
            if key == self.key and version == self._version:
                self._show_record(record)

        self._workspace.keep_ticked(key, record.ticked, of=reading, then=stored)

    def _show_record(self, record: PageRecord) -> None:
        """Shows what else is known of the page shown, unless it is being read."""
        self.record = record
        if self.key not in self._reading.streams:
            self._text.show_page(record)
            self._refresh()

    def _fetch(self) -> None:
        key, version = self.key, self._version
        if key is not None:
            self._workspace.fetch(key, lambda record: self._on_record(key, version, record))

    def _refresh(self) -> None:
        self._view.show_page(self._image, self.record, self._message)
        stream = self._reading.streams.get(self.key) if self.key is not None else None
        if stream is not None and self._image is not None:
            self._view.set_lines(stream.lines, writing=place_written(stream))
        self.refreshed.emit()

    def _on_patience_over(self) -> None:
        if self._image is None:
            self._refresh()

    def _on_record(self, key: PageKey, version: int, record: PageRecord) -> None:
        if key != self.key:
            return
        if version != self._version:
            # It was changed here since it was asked for: what came is older than what is shown.
            self._fetch()
            return
        self.record = record
        stream = self._reading.streams.get(key)
        self._text.show_page(record)
        if stream is not None:
            self._text.append_progress(stream)
        if self._image is not None or not self._patience.isActive():
            self._refresh()
        self.shown.emit(key)

    def _on_drawn(self, key: PageKey, image: QImage) -> None:
        if key == self.key:
            self._patience.stop()
            self._image = image
            self._message = ""
            if self.record is not None:
                self._refresh()

    def _on_not_drawn(self, key: PageKey, sentence: str) -> None:
        if key == self.key:
            self._patience.stop()
            self._image = None
            self._message = sentence
            self._refresh()

    def _on_unlocked(self, document_id: int) -> None:
        if self.key is not None and self.key.document_id == document_id and self._image is None:
            self._workspace.draw(self.key)

    def _on_document_changed(self, document_id: int) -> None:
        key, record = self.key, self.record
        if key is None or key.document_id != document_id or key in self._reading.streams:
            return
        document = self._workspace.get(document_id)
        if record is None or document is None or document.summary(key.page).state != record.state:
            self._fetch()

    def _on_stream_began(self, key: PageKey) -> None:
        if key != self.key:
            return
        self._text.clear_progress()
        if key in self._reading.streams:
            self.flush()
            self._text.append_progress(ReadProgress())
            self._view.set_lines(())
        else:
            self._refresh()
            # It was stopped. That it waits no more was told while it was read still.
            self._fetch()

    def _on_progressed(self, key: PageKey, progress: ReadProgress) -> None:
        if key == self.key:
            self._text.append_progress(progress)
            if progress.lines and self._rest.isActive():
                self._more_read = True
            elif progress.lines:
                self._show_places(self._reading.streams[key])

    def _on_rested(self) -> None:
        stream = self._reading.streams.get(self.key) if self.key is not None else None
        if self._more_read and stream is not None:
            self._show_places(stream)

    def _show_places(self, stream: ReadProgress) -> None:
        self._more_read = False
        began = time.perf_counter()
        self._view.set_lines(stream.lines, writing=place_written(stream))
        self._rest.start(round(_REST * 1000 * (time.perf_counter() - began)))

    def _on_finished(self, key: PageKey, record: PageRecord) -> None:
        if key == self.key:
            self._version += 1
            self.record = record
            self._text.show_page(record)
            self._refresh()
            self.shown.emit(key)

    def _on_turned(self, degrees: int) -> None:
        if self.key is not None:
            self._version += 1
            self._workspace.keep_rotation(self.key, degrees)
            if self.record is not None:
                self.record = msgspec.structs.replace(self.record, rotation=degrees)

    def _on_edited(self, edit: PageEdit | None) -> None:
        if self.key is None or self.record is None:
            return
        self._version += 1
        self.record = msgspec.structs.replace(self.record, edit=edit)
        self._workspace.keep_edit(self.key, edit)
