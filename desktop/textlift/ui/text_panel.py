"""The text of a page beside its picture: to edit, as Markdown, and how it was read."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QTextEdit, QVBoxLayout, QWidget

from textlift.content.attempt import Attempt
from textlift.content.attempt_story import EngineTitle
from textlift.content.page import EditedLine, PageEdit, PageRecord, PageState, best_partial
from textlift.content.reading import PageReading, PageWarning
from textlift.content.text_lines import make_edit, page_lines
from textlift.engines.contract import ReadProgress
from textlift.ui.line_overlay import LOW_SCORE
from textlift.ui.markdown_view import MarkdownView
from textlift.ui.opinion_tab import OpinionTab
from textlift.ui.partial_strip import PartialStrip
from textlift.ui.record_view import RecordView
from textlift.ui.text_editor import TextEditor
from textlift.ui.text_stream import TextStream

_TABS_STYLE = """
    QTabWidget::pane { border: none; border-top: 1px solid palette(mid); }
    QTabBar { qproperty-drawBase: 0; }
    QTabBar::tab {
        background: transparent; border: none; border-bottom: 2px solid transparent;
        padding: 8px 6px 6px 6px; margin: 0 2px 0 8px; color: palette(placeholder-text);
    }
    QTabBar::tab:hover { color: palette(window-text); }
    QTabBar::tab:selected { color: palette(window-text); border-color: palette(highlight); }
    QTabBar::tab:focus { background: palette(base); }
"""
_EDIT_DELAY_MS = 500
_ECHOES = 8
_PLACEHOLDERS = {
    PageState.UNREAD: "This page has not been read yet.",
    PageState.QUEUED: "This page waits to be read.",
    PageState.DONE: "There is no text on this page.",
    PageState.WARNED: "No text was found on this page.",
    PageState.FAILED: "No model could read this page. You can type its text here.",
}


class TextPanel(QWidget):
    """Tabs about one page.

    Lines are known by their index in ``PageReading.lines``; while the page is being read, by
    their number among all lines reported so far.

    Attributes:
        line_clicked: The user went to the text of a printed line.
        edited: The user's version of the text (``PageEdit``), or None when it is again what was
            read. Half a second after the last change; ``flush_edits`` does not wait.
        warning_clicked: A warning whose place the user wants to see, by its index.
        ticked: A warning's index, and whether it is ticked off or to be checked again.
        all_ticked: The same of all warnings of the page.
    """

    line_clicked = Signal(int)
    edited = Signal(object)
    warning_clicked = Signal(int)
    ticked = Signal(int, bool)
    all_ticked = Signal(bool)

    def __init__(self, parent: QWidget | None = None, *, engine_title: EngineTitle = str) -> None:
        super().__init__(parent)
        self.editor = TextEditor()
        self.editor.setAccessibleName("Text of the page")
        self.markdown = MarkdownView()
        self.record = RecordView(engine_title)
        self.opinion = OpinionTab()
        self.partial = PartialStrip()
        self.text_tab = QWidget()
        self.text_tab.setFocusProxy(self.editor)
        text = QVBoxLayout(self.text_tab)
        text.setContentsMargins(0, 0, 0, 0)
        text.setSpacing(0)
        text.addWidget(self.partial)
        text.addWidget(self.editor, 1)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.setStyleSheet(_TABS_STYLE)
        self.tabs.addTab(self.text_tab, "&Text")
        self.tabs.addTab(self.markdown, "&Markdown")
        self.tabs.addTab(self.record, "&Page record")
        self.tabs.addTab(self.opinion, "Second &opinion")
        self.tabs.setAccessibleName("Text, Markdown, record and second opinion of the page")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        self.setFocusProxy(self.tabs)

        self._record: PageRecord | None = None
        self._engine_title = engine_title
        self._stream: TextStream | None = None
        self._warning: int | None = None
        self._told: list[PageEdit | None] = []
        self._edit_timer = QTimer(self)
        self._edit_timer.setSingleShot(True)
        self._edit_timer.setInterval(_EDIT_DELAY_MS)
        self._edit_timer.timeout.connect(self._emit_edit)
        self.editor.user_edited.connect(self._edit_timer.start)
        self.editor.line_entered.connect(self.line_clicked)
        self.partial.adopted.connect(self._adopt_partial)
        self.record.warning_clicked.connect(self.warning_clicked)
        self.record.ticked.connect(self.ticked)
        self.record.all_ticked.connect(self.all_ticked)
        self.tabs.currentChanged.connect(self._on_tab)
        self.show_page(None)

    # What is shown

    def show_page(self, record: PageRecord | None) -> None:
        """Shows a page, or none. Ends what ``append_progress`` began.

        A record of the page already shown, as after an edit was stored, leaves the editor as it
        is. Call ``flush_edits`` before going to another page: edits not yet told are told to
        whoever listens first, as those of the page shown until now.
        """
        same_reading = self._stream is None and _same_reading(self._record, record)
        if not same_reading:
            self.flush_edits()
        was_streaming_this = self._stream is not None and _number(record) == _number(self._record)
        before, self._record, self._stream = self._record, record, None
        partial = best_partial(record) if record is not None else None
        lines = list(page_lines(record)) if record is not None else []
        if partial is not None:
            lines = _partial_lines(partial)
        newer_here = same_reading and (self._edit_timer.isActive() or self._is_echo(record))
        if not same_reading:
            self._told.clear()
            self._warning = None
        if not newer_here and (not same_reading or lines != self.editor.lines()):
            same_page = was_streaming_this or _number(before) == _number(record)
            place = self.editor.verticalScrollBar().value() if same_page else 0
            self.editor.set_lines(lines, place=place)
        state = record.state if record is not None else PageState.UNREAD
        self.editor.setPlaceholderText(
            _PLACEHOLDERS[state] if record is not None else "The text of the page appears here."
        )
        closed = record is None or state in {PageState.UNREAD, PageState.QUEUED}
        self.editor.setReadOnly(closed or partial is not None)
        self._show_partial(partial)
        self.editor.set_uncertain(_uncertain(record.reading if record is not None else None))
        self._refresh_other_tabs()

    def append_progress(self, progress: ReadProgress) -> None:
        """Shows what was read just now; the first call puts away the text shown before."""
        if self._stream is None:
            self.flush_edits()
            self._show_partial(None)
            self.editor.setReadOnly(True)
            self.editor.set_uncertain(frozenset())
            self.editor.setPlaceholderText("Reading…")
            self._stream = TextStream(self.editor)
        self._stream.add(progress)

    def clear_progress(self) -> None:
        """Goes back to the text of the record, as when reading was stopped."""
        if self._stream is not None:
            self.show_page(self._record)

    def select_line(self, index: int | None) -> None:
        """Marks the text of a printed line and scrolls to it; None takes the mark away."""
        if index is not None and self.tabs.currentWidget() is self.record:
            self.tabs.setCurrentWidget(self.text_tab)
        self.editor.select_line(index)

    def show_warning(self, index: int) -> None:
        """Marks the text at the place of a warning, and the warning in the record."""
        reading = self._reading()
        if reading is not None and self._stream is None:
            self.editor.select_line(place_of_warning(reading.warnings[index], reading))
        self._warning = index
        self._refresh_other_tabs()

    # Partial text

    def _show_partial(self, attempt: Attempt | None) -> None:
        """Marks the text in the editor as what a failed attempt left, or as the page's own."""
        self.editor.set_muted(attempt is not None)
        if attempt is not None:
            self.partial.show_for(self._engine_title(attempt.engine))
        else:
            self.partial.hide()

    def _adopt_partial(self) -> None:
        """Makes the partial text the user's version of the page's text."""
        attempt = best_partial(self._record) if self._record is not None else None
        if self._stream is None and attempt is not None:
            self._emit_edit()
            self.editor.setReadOnly(False)
            self._show_partial(None)
            self.editor.setFocus()

    # Edits

    def flush_edits(self) -> None:
        """Emits ``edited`` at once when there is a change that was not told yet."""
        if self._edit_timer.isActive():
            self._edit_timer.stop()
            self._emit_edit()

    def current_text(self) -> str:
        """What copying the page gives: Markdown where that is shown, else the plain text.

        What a failed attempt left is not the page's text.
        """
        if self.tabs.currentWidget() is self.markdown:
            return self.markdown.markdown()
        if not self.partial.isHidden():
            return ""
        return "\n".join(line.text for line in self.editor.lines())

    @property
    def can_edit(self) -> bool:
        """Whether the page shown has a text that can be changed."""
        state = self._record.state if self._record is not None else PageState.UNREAD
        return self._stream is None and state not in {PageState.UNREAD, PageState.QUEUED}

    def use_lines(self, lines: Sequence[EditedLine]) -> None:
        """Makes these the page's text, as an edit of the user's that the editor can undo.

        What was typed before is told first. Nothing happens while ``can_edit`` is False.
        """
        if self._record is None or not self.can_edit:
            return
        self.flush_edits()
        edit = make_edit(list(lines), self._reading())
        record = msgspec.structs.replace(self._record, edit=edit)
        partial = best_partial(record)
        self.editor.replace_lines(_partial_lines(partial) if partial is not None else lines)
        self.editor.setReadOnly(partial is not None)
        self._show_partial(partial)
        self._tell(edit)

    def _current_edit(self) -> PageEdit | None:
        return make_edit(self.editor.lines(), self._reading())

    def _emit_edit(self) -> None:
        self._tell(self._current_edit())

    def _tell(self, edit: PageEdit | None) -> None:
        if self._record is not None:
            self._record = msgspec.structs.replace(self._record, edit=edit)
        self._refresh_other_tabs()
        self._told = [*self._told[-_ECHOES:], edit]
        self.edited.emit(edit)

    def _is_echo(self, record: PageRecord | None) -> bool:
        """Whether a record brings back an edit told from here, perhaps not the latest."""
        edit = record.edit if record is not None else None
        if edit not in self._told:
            return False
        self._told = self._told[self._told.index(edit) + 1 :]
        return True

    def _reading(self) -> PageReading | None:
        return self._record.reading if self._record is not None else None

    # Search

    def find(  # type: ignore[override]  # the widget's own finds windows by number
        self, text: str, *, backward: bool = False
    ) -> bool:
        """Goes to the next or previous place where ``text`` stands, starting over at the end."""
        view = self._searched_view()
        if not text:
            return False
        flags = QTextDocument.FindFlag(0)
        if backward:
            flags |= QTextDocument.FindFlag.FindBackward
        if view.find(text, flags):
            return True
        # The cursor itself stays until there is a place for it: to follow it Qt measures every
        # line on the way.
        start = QTextCursor(view.document())
        if backward:
            start.movePosition(QTextCursor.MoveOperation.End)
        found = view.document().find(text, start, flags)
        if found.isNull():
            return False
        view.setTextCursor(found)
        return True

    def highlight_all(self, text: str) -> None:
        """Marks all places where ``text`` stands in the text; empty takes the marks away."""
        self.editor.set_searched(text)

    def _searched_view(self) -> QPlainTextEdit | QTextEdit:
        current = self.tabs.currentWidget()
        if current is self.markdown:
            return self.markdown.current_view()
        if current is self.record:
            return self.record.browser
        if current is self.opinion:
            self.tabs.setCurrentWidget(self.text_tab)
        return self.editor

    # The other tabs

    def _on_tab(self) -> None:
        self._refresh_other_tabs()

    def _refresh_other_tabs(self) -> None:
        """Brings the tab that is shown up to date; the others wait until they are."""
        current = self.tabs.currentWidget()
        if current is self.record:
            self.record.show_page(self._record, selected=self._warning)
        elif current is self.markdown:
            self._show_markdown()

    def _show_markdown(self) -> None:
        from textlift.content.markdown import page_markdown

        record = self._record
        if record is not None and self._edit_timer.isActive():
            record = msgspec.structs.replace(record, edit=self._current_edit())
        self.markdown.set_markdown(page_markdown(record) if record is not None else "")


def _partial_lines(attempt: Attempt) -> list[EditedLine]:
    return [EditedLine(text=line) for line in attempt.partial.strip("\n").split("\n")]


def _number(record: PageRecord | None) -> int | None:
    return record.number if record is not None else None


def _same_reading(before: PageRecord | None, after: PageRecord | None) -> bool:
    if before is None or after is None:
        return False
    return before.number == after.number and before.reading == after.reading


def _uncertain(reading: PageReading | None) -> frozenset[int]:
    if reading is None:
        return frozenset()
    return frozenset(
        number
        for number, line in enumerate(reading.lines)
        if line.score is not None and line.score < LOW_SCORE
    )


def place_of_warning(warning: PageWarning, reading: PageReading) -> int | None:
    """The line that a warning's box covers most; None where it covers none."""
    if warning.box is None:
        return None
    shared = [
        (line.box.intersection_area(warning.box), number)
        for number, line in enumerate(reading.lines)
        if line.box is not None
    ]
    area, number = max(shared, default=(0.0, 0))
    return number if area > 0 else None
