"""The editor of a page's text, whose lines remember the printed line they came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRectF, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextDocumentLayout, QPlainTextEdit, QTextEdit, QWidget

from textlift.content.page import EditedLine
from textlift.ui.in_turns import InTurns
from textlift.ui.theme import colours

# Block formats are part of a document's undo history, so a line that is joined, deleted or split
# gets its origin back when the user undoes that. Block user data would be lost.
_SOURCE = QTextFormat.Property.UserProperty.value + 1
_LINE_GAP = 0.3
"""Room between printed lines, as a share of the font's height."""
_AT_ONCE = 100
"""Lines put in without looking at the time: about a millisecond."""
_INPUT = frozenset({
    QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.InputMethod,
    QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.ContextMenu,
    QEvent.Type.DragEnter,
})  # fmt: skip
_FOUND, _ON_FOUND = QColor(250, 214, 80), QColor(30, 30, 30)
_LINE_BREAKS = re.compile(r"\r\n|[\n\r\u2028\u2029]")


class TextEditor(QPlainTextEdit):
    """Plain text, one printed line in each block.

    Attributes:
        line_entered: The user went to text of this printed line, by mouse or keyboard.
        user_edited: The user changed the text; not emitted for changes by the program.
    """

    line_entered = Signal(int)
    user_edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Kept here: PySide loses sight of a document whose layout is written in Python.
        document = self._document = QTextDocument(self)
        self._layout = _SpacedLayout(document)
        self._layout.gap = self.fontMetrics().height() * _LINE_GAP
        document.setDocumentLayout(self._layout)
        self.setDocument(document)
        document.setDocumentMargin(12)
        self._by_program = 0
        self._marked: QTextCursor | None = None
        self._uncertain: frozenset[int] = frozenset()
        self._searched = ""
        self._shift = 0
        self._muted = False
        self._coming: Iterator[None] | None = None
        self._sources: dict[int, int | None] = {}
        self._turns = InTurns(self)
        # Lines that arrive by the hundred are marked once, when the window has time; and a search
        # goes through several cursors until it is at the place.
        self._marks_timer = QTimer(self)
        self._marks_timer.setSingleShot(True)
        self._marks_timer.setInterval(0)
        self._marks_timer.timeout.connect(self._paint_marks)
        self.setTabChangesFocus(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.textChanged.connect(self._on_text_changed)
        self.cursorPositionChanged.connect(self._on_cursor_moved)
        self.verticalScrollBar().valueChanged.connect(self._paint_marks)

    # Lines and where they came from

    def lines(self) -> list[EditedLine]:
        """The text as lines with the printed line each came from."""
        document = self.document()
        # One question for all of the text, and one a block: there may be thousands.
        texts = document.toRawText().split("\u2029")
        lines = []
        block = document.begin()
        for text in texts:
            lines.append(EditedLine(text.replace("\u2028", " "), self._source(block)))
            block = block.next()
        return lines

    def set_lines(self, lines: Iterable[EditedLine], *, place: int = 0) -> None:
        """Shows another text. Undo does not lead back to the old one.

        What a turn has no time for is put in between the next events, or as soon as somebody
        wants the text.

        Args:
            lines: Of the text.
            place: Of the scroll bar, once all of it is there.
        """
        # Or Qt would look for the places of each mark in a text that is gone.
        self.setExtraSelections([])
        document = super().document()
        with self._programmatic():
            document.setUndoRedoEnabled(False)
            document.clear()
            self._marked = None
            self._sources.clear()
            self._coming = self._fill(document, iter(lines), place)
        self._turns.drop()
        self._turns.go_through(self._coming)
        self._paint_marks()

    def _fill(
        self, document: QTextDocument, lines: Iterator[EditedLine], place: int
    ) -> Iterator[None]:
        """Puts lines into an empty document, so many at each step."""
        cursor = QTextCursor(document)
        block_format = QTextBlockFormat()
        is_first = True
        while True:
            some = list(islice(lines, _AT_ONCE))
            with self._programmatic():
                cursor.beginEditBlock()
                for line in some:
                    if line.source is None:
                        block_format.clearProperty(_SOURCE)
                    else:
                        block_format.setProperty(_SOURCE, line.source)
                    if is_first:
                        cursor.setBlockFormat(block_format)
                        is_first = False
                    else:
                        cursor.insertBlock(block_format)
                    cursor.insertText(line.text)
                cursor.endEditBlock()
            if len(some) < _AT_ONCE:
                break
            yield
        self._coming = None
        with self._programmatic():
            document.setUndoRedoEnabled(True)
            document.setModified(False)
            if not super().textCursor().atStart():
                self.moveCursor(QTextCursor.MoveOperation.Start)
        if place:
            self.verticalScrollBar().setValue(place)

    def _complete(self) -> None:
        """Puts in at once what is to come of the text."""
        # Not from within: what is put in is told while it is.
        if self._coming is not None and not self._by_program:
            for _ in self._coming:
                pass

    # Whoever looks at the text sees all of it.

    def document(self) -> QTextDocument:
        self._complete()
        return super().document()

    def textCursor(self) -> QTextCursor:
        self._complete()
        return super().textCursor()

    def toPlainText(self) -> str:
        self._complete()
        return super().toPlainText()

    def find(self, *what: Any) -> bool:  # type: ignore[override]  # Qt has three of them
        self._complete()
        return super().find(*what)

    def event(self, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._complete()
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._complete()
        return super().viewportEvent(event)

    def replace_lines(self, lines: Iterable[EditedLine]) -> None:
        """Puts another text in the place of this one, in one step that undo takes back."""
        place = self.verticalScrollBar().value()
        self._complete()
        self.setExtraSelections([])
        with self._programmatic():
            cursor = QTextCursor(self.document())
            cursor.beginEditBlock()
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.removeSelectedText()
            for number, line in enumerate(lines):
                if number:
                    cursor.insertBlock(_format(line.source))
                else:
                    cursor.setBlockFormat(_format(line.source))
                cursor.insertText(line.text)
            cursor.endEditBlock()
            self._marked = None
        self.verticalScrollBar().setValue(place)
        self._paint_marks()

    def insert_line(self, position: int, line: EditedLine) -> None:
        """Puts a line before the block number ``position``; neither scrolls nor selects."""
        document = self.document()
        with self._programmatic(), self._steady():
            if document.isEmpty():
                cursor = QTextCursor(document)
            elif position > 0:
                cursor = QTextCursor(document.findBlockByNumber(position - 1))
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
                cursor.insertBlock(_format(line.source))
            else:
                cursor = QTextCursor(document)
                cursor.insertBlock(cursor.blockFormat())
                cursor.movePosition(QTextCursor.MoveOperation.Start)
            cursor.setBlockFormat(_format(line.source))
            cursor.insertText(line.text)
        self._marks_timer.start()

    def append_text(self, text: str) -> None:
        """Adds text at the end; follows it when the end is what the user looks at."""
        self._complete()
        bar = self.verticalScrollBar()
        at_end = bar.value() == bar.maximum()
        with self._programmatic(), self._steady():
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(text)
        if at_end:
            bar.setValue(bar.maximum())
        self._marks_timer.start()

    def select_line(self, source: int | None) -> None:
        """Goes to the text of a printed line and marks it; None takes the mark away."""
        block = self._find_block(source) if source is not None else None
        if block is None:
            self._marked = None
        else:
            self._marked = QTextCursor(block)
            # Before the cursor goes there: to follow it Qt measures every line on the way.
            self._bring_into_view(block)
            if self.textCursor().blockNumber() != block.blockNumber():
                with self._programmatic():
                    self.setTextCursor(QTextCursor(block))
        self._paint_marks()

    def source_at(self, point: QPoint) -> int | None:
        """The printed line that the text at a point of the view came from."""
        return self._source(self.cursorForPosition(point).block())

    def set_uncertain(self, sources: frozenset[int]) -> None:
        """Underlines the text of these printed lines."""
        self._uncertain = sources
        self._paint_marks()

    def set_muted(self, muted: bool) -> None:
        """Shows the text in the colour of what does not count, or in its own."""
        if muted != self._muted:
            self._muted = muted
            self._colour_text()

    def _colour_text(self) -> None:
        # What is not set here goes on to follow the window's colours.
        palette = QPalette()
        if self._muted:
            palette.setColor(QPalette.ColorRole.Text, QColor(colours().muted))
        self.setPalette(palette)

    def set_searched(self, text: str) -> None:
        """Marks every place where ``text`` stands; empty marks none."""
        self._searched = text
        self._marks_timer.start()

    # Editing

    def keyPressEvent(self, event: QKeyEvent) -> None:
        breaks = event.matches(QKeySequence.StandardKey.InsertParagraphSeparator)
        breaks = breaks or event.matches(QKeySequence.StandardKey.InsertLineSeparator)
        if breaks and not self.isReadOnly():
            self._insert_segments(["", ""])
            event.accept()
        else:
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        # Files also come as text (their addresses); they are for the window to open.
        return source.hasText() and not source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if not self.isReadOnly() and self.canInsertFromMimeData(source):
            self._insert_segments(_LINE_BREAKS.split(source.text().replace("\0", "")))

    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        data.setText(_LINE_BREAKS.sub("\n", self.textCursor().selectedText()))
        return data

    def _insert_segments(self, segments: list[str]) -> None:
        """Replaces the selection; only what was there before keeps its printed line."""
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        origin = cursor.blockFormat()
        has_head, has_tail = not cursor.atBlockStart(), not cursor.atBlockEnd()
        cursor.insertText(segments[0])
        if len(segments) > 1:
            if has_tail and not has_head:
                cursor.setBlockFormat(QTextBlockFormat())
            for segment in segments[1:-1]:
                cursor.insertBlock(QTextBlockFormat())
                cursor.insertText(segment)
            cursor.insertBlock(origin if has_tail else QTextBlockFormat())
            cursor.insertText(segments[-1])
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._layout.gap = self.fontMetrics().height() * _LINE_GAP
        elif event.type() == QEvent.Type.ApplicationPaletteChange and self._muted:
            self._colour_text()

    # Marks

    def _paint_marks(self) -> None:
        """Marks the chosen line, uncertain lines and search results, where they can be seen."""
        marks: list[QTextEdit.ExtraSelection] = []
        wanted = self._searched or self._uncertain or self._marked is not None
        visible = list(self._visible_blocks()) if wanted else []
        if self._marked is not None and visible:
            number = self._marked.blockNumber()
            if visible[0].blockNumber() <= number <= visible[-1].blockNumber():
                marks.append(self._line_mark(self._marked))
        if self._uncertain:
            marks += [
                self._uncertain_mark(block)
                for block in visible
                if self._source(block) in self._uncertain
            ]
        if self._searched and visible:
            marks.extend(self._search_marks(visible[0], visible[-1]))
        self.setExtraSelections(marks)

    def _line_mark(self, at: QTextCursor) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(at.block())
        mark.cursor.movePosition(
            QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor
        )
        color = self.palette().color(QPalette.ColorRole.Highlight)
        color.setAlpha(56)
        mark.format.setBackground(color)
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return mark

    def _uncertain_mark(self, block: QTextBlock) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(block)
        mark.cursor.movePosition(
            QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor
        )
        mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        mark.format.setUnderlineColor(QColor(217, 119, 6))
        return mark

    def _search_marks(
        self, first: QTextBlock, last: QTextBlock
    ) -> Iterator[QTextEdit.ExtraSelection]:
        end = last.position() + last.length()
        document = super().document()
        found = document.find(self._searched, first.position())
        while not found.isNull() and found.selectionStart() < end:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = found
            mark.format.setBackground(_FOUND)
            mark.format.setForeground(_ON_FOUND)
            yield mark
            found = document.find(self._searched, found)

    # Events and small steps

    def _on_text_changed(self) -> None:
        if not self._by_program:
            self._marks_timer.start()
            self.user_edited.emit()

    def _on_cursor_moved(self) -> None:
        if self._by_program:
            return
        cursor = self.textCursor()
        source = self._source(cursor.block())
        before = self._source(self._marked.block()) if self._marked is not None else None
        self._marked = QTextCursor(cursor.block()) if source is not None else None
        self._marks_timer.start()
        if source is not None and source != before:
            self.line_entered.emit(source)

    @contextmanager
    def _programmatic(self) -> Iterator[None]:
        self._by_program += 1
        try:
            yield
        finally:
            self._by_program -= 1

    @contextmanager
    def _steady(self) -> Iterator[None]:
        """Keeps the first visible line where it is, unless that is the top of the text."""
        bar = self.verticalScrollBar()
        first, value = self.firstVisibleBlock(), bar.value()
        offset = value - first.firstLineNumber()
        yield
        if value > 0:
            bar.setValue(first.firstLineNumber() + offset)

    def _source(self, block: QTextBlock) -> int | None:
        """The printed line that a block came from; asked of each format once."""
        number = block.blockFormatIndex()
        if number not in self._sources:
            self._sources[number] = _source(block)
        return self._sources[number]

    def _visible_blocks(self) -> Iterator[QTextBlock]:
        block = self.firstVisibleBlock()
        top = self.contentOffset().y()
        while block.isValid() and top <= self.viewport().height():
            yield block
            top += self._layout.blockBoundingRect(block).height()
            block = block.next()

    def _find_block(self, source: int) -> QTextBlock | None:
        """The text of a printed line: near where it stood, or near that of the line before."""
        last = self.document().blockCount() - 1
        below = self.document().findBlockByNumber(min(max(source + self._shift, 0), last))
        above = below.previous()
        while below.isValid() or above.isValid():
            for block in (below, above):
                if block.isValid() and self._source(block) == source:
                    self._shift = block.blockNumber() - source
                    return block
            below, above = below.next(), above.previous()
        return None

    def _bring_into_view(self, block: QTextBlock) -> None:
        visible = [one.blockNumber() for one in self._visible_blocks()]
        if visible and visible[0] <= block.blockNumber() <= visible[-1]:
            geometry = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if geometry.top() >= 0 and geometry.bottom() <= self.viewport().height():
                return
        height = self._layout.blockBoundingRect(block).height()
        lines = self.viewport().height() // max(round(height), 1)
        self.verticalScrollBar().setValue(block.firstLineNumber() - lines // 3)


class _SpacedLayout(QPlainTextDocumentLayout):
    """Leaves room below each printed line; Qt's own plain text layout knows no line spacing.

    Attributes:
        gap: Pixels below a line that has text.
    """

    gap = 0.0

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        rect = super().blockBoundingRect(block)
        if rect.height() > 0 and block.length() > 1:
            rect.setHeight(rect.height() + self.gap)
        return rect


def _format(source: int | None) -> QTextBlockFormat:
    block_format = QTextBlockFormat()
    if source is not None:
        block_format.setProperty(_SOURCE, source)
    return block_format


def _source(block: QTextBlock) -> int | None:
    block_format = block.blockFormat()
    return block_format.intProperty(_SOURCE) if block_format.hasProperty(_SOURCE) else None
