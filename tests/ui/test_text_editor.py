from __future__ import annotations

import gc
from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from textlift.content.page import EditedLine
from textlift.ui import in_turns, text_editor
from textlift.ui.text_editor import TextEditor

LINES = (("first", 0), ("second", 1), ("", None), ("third", 2))


@pytest.fixture
def editor(qtbot: QtBot) -> TextEditor:
    editor = TextEditor()
    qtbot.addWidget(editor)
    editor.resize(400, 300)
    editor.set_lines([EditedLine(text, source) for text, source in LINES])
    editor.show()
    return editor


def _content(editor: TextEditor) -> tuple[tuple[str, int | None], ...]:
    return tuple((line.text, line.source) for line in editor.lines())


def _go(editor: TextEditor, line: int, column: int = 0) -> None:
    cursor = QTextCursor(editor.document().findBlockByNumber(line))
    cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, column)
    editor.setTextCursor(cursor)


def _paste(editor: TextEditor, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    editor.paste()


def _undo_and_redo(editor: TextEditor) -> None:
    """An edit undone leaves no trace, and redone it is the same."""
    edited = _content(editor)
    for _ in range(10):
        editor.undo()
    assert _content(editor) == LINES
    for _ in range(10):
        editor.redo()
    assert _content(editor) == edited


def test_lines_come_back_as_they_were_set(editor: TextEditor):
    assert _content(editor) == LINES
    assert editor.toPlainText() == "first\nsecond\n\nthird"


def test_typing_keeps_the_origin(editor: TextEditor):
    _go(editor, 1, 3)
    QTest.keyClicks(editor, "XY")
    assert _content(editor)[1] == ("secXYond", 1)
    _undo_and_redo(editor)


def test_both_halves_of_a_split_line_come_from_it(editor: TextEditor):
    _go(editor, 1, 3)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert _content(editor) == (
        ("first", 0), ("sec", 1), ("ond", 1), ("", None), ("third", 2)
    )  # fmt: skip
    _undo_and_redo(editor)


@pytest.mark.parametrize(
    "modifier", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier]
)
def test_a_line_added_after_another_comes_from_nowhere(
    editor: TextEditor, modifier: Qt.KeyboardModifier
):
    _go(editor, 0, 5)
    QTest.keyClick(editor, Qt.Key.Key_Return, modifier)
    QTest.keyClicks(editor, "new")
    assert _content(editor)[:3] == (("first", 0), ("new", None), ("second", 1))
    _undo_and_redo(editor)


def test_a_line_added_before_another_comes_from_nowhere(editor: TextEditor):
    _go(editor, 1, 0)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert _content(editor)[:3] == (("first", 0), ("", None), ("second", 1))
    _undo_and_redo(editor)


def test_joined_lines_come_from_the_first(editor: TextEditor):
    _go(editor, 1, 0)
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert _content(editor) == (("firstsecond", 0), ("", None), ("third", 2))
    _undo_and_redo(editor)


def test_a_line_joined_to_a_blank_one_keeps_its_origin(editor: TextEditor):
    _go(editor, 3, 0)
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert _content(editor) == (("first", 0), ("second", 1), ("third", 2))
    _undo_and_redo(editor)


def test_all_text_can_be_deleted_and_had_back(editor: TextEditor):
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    assert editor.toPlainText() == ""
    _undo_and_redo(editor)


def test_lines_pasted_inside_a_line_come_from_nowhere(editor: TextEditor):
    _go(editor, 1, 3)
    _paste(editor, "A\r\nB\u2028C\rD")
    assert _content(editor) == (
        ("first", 0), ("secA", 1), ("B", None), ("C", None), ("Dond", 1), ("", None), ("third", 2)
    )  # fmt: skip
    _undo_and_redo(editor)


def test_lines_pasted_before_a_line_leave_it_its_origin(editor: TextEditor):
    _go(editor, 1, 0)
    _paste(editor, "A\nB\n")
    assert _content(editor)[:4] == (("first", 0), ("A", None), ("B", None), ("second", 1))
    _undo_and_redo(editor)


def test_words_pasted_into_a_line_belong_to_it(editor: TextEditor):
    _go(editor, 0, 5)
    _paste(editor, " and\0 more")
    assert _content(editor)[0] == ("first and more", 0)


def test_only_plain_text_is_pasted(editor: TextEditor):
    rich = QMimeData()
    rich.setHtml("<b>bold</b>")
    rich.setText("bold")
    _go(editor, 0, 0)
    editor.insertFromMimeData(rich)
    cursor = editor.textCursor()
    assert _content(editor)[0] == ("boldfirst", 0)
    assert cursor.charFormat().fontWeight() != 700
    files = QMimeData()
    files.setUrls([QUrl("file:///tmp/scan.pdf")])
    assert files.hasText()
    assert not editor.canInsertFromMimeData(files)


def test_copies_plain_text_with_line_breaks(editor: TextEditor):
    editor.selectAll()
    editor.copy()
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "first\nsecond\n\nthird"
    assert not data.hasHtml()


def test_nothing_is_typed_or_pasted_where_reading_goes_on(editor: TextEditor):
    editor.setReadOnly(True)
    _go(editor, 1, 0)
    QTest.keyClicks(editor, "X")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    _paste(editor, "A\nB")
    assert _content(editor) == LINES


def test_undo_does_not_lead_to_another_page(editor: TextEditor):
    _go(editor, 0, 0)
    QTest.keyClicks(editor, "X")
    editor.set_lines([EditedLine("other page", 0)])
    assert not editor.document().isUndoAvailable()
    editor.undo()
    assert editor.toPlainText() == "other page"


def test_changes_by_the_program_are_no_edits(qtbot: QtBot, editor: TextEditor):
    with qtbot.assertNotEmitted(editor.user_edited), qtbot.assertNotEmitted(editor.line_entered):
        editor.set_lines([EditedLine("a", 0), EditedLine("b", 1)])
        editor.insert_line(1, EditedLine("between", 2))
        editor.append_text(" and more\nlines")
        editor.select_line(1)
        editor.set_searched("b")
    with qtbot.waitSignal(editor.user_edited):
        QTest.keyClicks(editor, "X")


def test_going_to_a_line_tells_its_origin_once(qtbot: QtBot, editor: TextEditor):
    entered: list[int] = []
    editor.line_entered.connect(entered.append)
    _go(editor, 1, 0)
    QTest.keyClick(editor, Qt.Key.Key_Right)
    _go(editor, 2)
    _go(editor, 3)
    assert entered == [1, 2]


def test_a_click_tells_the_line(qtbot: QtBot, editor: TextEditor):
    spot = editor.cursorRect(QTextCursor(editor.document().findBlockByNumber(3))).center()
    with qtbot.waitSignal(editor.line_entered) as entered:
        QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert entered.args == [2]


def test_a_chosen_line_is_marked_and_seen(editor: TextEditor):
    editor.set_lines([EditedLine(f"line {number}", number) for number in range(500)])
    editor.select_line(400)
    assert editor.textCursor().block().text() == "line 400"
    assert editor.viewport().rect().contains(editor.cursorRect().center())
    assert [mark.cursor.block().text() for mark in editor.extraSelections()] == ["line 400"]
    editor.select_line(None)
    assert editor.extraSelections() == []
    editor.select_line(12345)
    assert editor.extraSelections() == []


def test_doubtful_lines_and_search_results_are_marked_where_seen(qtbot: QtBot, editor: TextEditor):
    editor.set_lines([EditedLine(f"line {number}", number) for number in range(5000)])
    editor.set_uncertain(frozenset({1, 4000}))
    assert [mark.cursor.block().text() for mark in editor.extraSelections()] == ["line 1"]
    editor.set_searched("LINE 400")
    qtbot.waitUntil(lambda: editor.verticalScrollBar().maximum() > 4500)
    editor.verticalScrollBar().setValue(3998)
    texts = {mark.cursor.selectedText() for mark in editor.extraSelections()}
    assert texts == {"line 400", "line 4000"}
    assert 5 < len(editor.extraSelections()) < 60


def test_lines_can_be_put_anywhere(editor: TextEditor):
    editor.set_lines(())
    for position, (text, source) in enumerate((("c", 0), ("a", 1), ("b", 2), ("d", 3))):
        editor.insert_line((0, 0, 1, 3)[position], EditedLine(text, source))
    assert _content(editor) == (("a", 1), ("b", 2), ("c", 0), ("d", 3))


def test_text_that_arrives_moves_neither_view_nor_selection(editor: TextEditor):
    editor.set_lines([EditedLine(f"line {number}", number) for number in range(300)])
    _go(editor, 150, 2)
    editor.moveCursor(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    selected = editor.textCursor().selectedText()
    top = editor.firstVisibleBlock().text()
    for number in range(40):
        editor.insert_line(number * 3, EditedLine(f"new {number}", 1000 + number))
    editor.append_text("end")
    assert editor.firstVisibleBlock().text() == top
    assert editor.textCursor().selectedText() == selected


def test_who_looks_at_the_end_sees_more_of_it(editor: TextEditor):
    editor.set_lines([EditedLine(f"line {number}", number) for number in range(300)])
    assert editor.document().blockCount() == 300
    bar = editor.verticalScrollBar()
    bar.setValue(bar.maximum())
    editor.append_text("\n" * 50 + "end")
    assert bar.value() == bar.maximum()


def test_right_to_left_text_runs_right_to_left(editor: TextEditor):
    editor.set_lines([EditedLine("שלום עולם", 0), EditedLine("hello", 1)])
    first = editor.document().firstBlock()
    assert first.textDirection() == Qt.LayoutDirection.RightToLeft
    assert first.next().textDirection() == Qt.LayoutDirection.LeftToRight


def test_a_huge_page_is_shown_whole(qtbot: QtBot, editor: TextEditor):
    lines = [EditedLine(f"line {number} of a very long page", number) for number in range(10_000)]
    editor.set_lines(lines)
    editor.repaint()
    assert editor.lines() == lines


def test_outlives_the_garbage_collector(editor: TextEditor):
    for _ in range(3):
        gc.collect()
        editor.repaint()
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert editor.document().blockCount() == 7


def _numbered(count: int) -> list[EditedLine]:
    return [EditedLine(f"line {number}", number) for number in range(count)]


@pytest.fixture
def filling(editor: TextEditor, monkeypatch: pytest.MonkeyPatch) -> TextEditor:
    """A long text of which the first lines are there, as on a machine that is slow."""
    monkeypatch.setattr(in_turns, "_SLICE", 0.0)
    editor.set_lines(_numbered(2000))
    assert 0 < QPlainTextEdit.document(editor).blockCount() < 200
    return editor


@pytest.mark.parametrize(
    "look",
    [
        lambda editor: len(editor.lines()) == 2000,
        lambda editor: editor.document().blockCount() == 2000,
        lambda editor: editor.toPlainText().endswith("\nline 1999"),
        lambda editor: editor.find("line 1500"),
        lambda editor: QTest.keyClick(editor, "x") or editor.document().blockCount() == 2000,
        lambda editor: editor.select_line(1999) or editor.textCursor().blockNumber() == 1999,
        lambda editor: editor.replace_lines(_numbered(3)) or editor.lines() == _numbered(3),
    ],
)
def test_whoever_wants_a_long_text_gets_all_of_it(
    filling: TextEditor, look: Callable[[TextEditor], bool]
):
    assert look(filling)


def test_a_long_text_comes_by_and_by(qtbot: QtBot, filling: TextEditor):
    edited: list[bool] = []
    filling.user_edited.connect(lambda: edited.append(True))
    counts: set[int] = set()
    document = QPlainTextEdit.document(filling)
    qtbot.waitUntil(lambda: counts.add(document.blockCount()) or max(counts) == 2000)
    assert filling.lines() == _numbered(2000)
    assert filling.textCursor().atStart()
    assert not document.isUndoAvailable()
    assert not document.isModified()
    assert not edited


def test_a_long_text_makes_way_for_the_next(qtbot: QtBot, filling: TextEditor):
    filling.set_lines(_numbered(2))
    assert filling.lines() == _numbered(2)
    filling.set_lines(_numbered(1500), place=900)
    assert filling.verticalScrollBar().value() < 900
    qtbot.waitUntil(lambda: filling.verticalScrollBar().value() == 900)
    assert filling.lines() == _numbered(1500)


def test_sources_are_asked_of_each_format_once(editor: TextEditor, monkeypatch: pytest.MonkeyPatch):
    asked: list[object] = []
    source = text_editor._source
    monkeypatch.setattr(text_editor, "_source", lambda of: asked.append(of) or source(of))
    editor.set_lines(_numbered(500))
    for _ in range(3):
        assert editor.lines() == _numbered(500)
    assert len(asked) == 500
    editor.set_lines([EditedLine("another")])
    assert editor.lines() == [EditedLine("another")]
