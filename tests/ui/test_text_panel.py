from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from doubles.sample_pages import sample_line, sample_record, warned_record
from textlift.content.attempt import Attempt, FailureKind
from textlift.content.block import Line
from textlift.content.page import EditedLine, PageEdit, PageRecord, PageState
from textlift.engines.contract import ReadProgress
from textlift.ui.text_panel import TextPanel


@pytest.fixture
def panel(qtbot: QtBot) -> TextPanel:
    panel = TextPanel(engine_title=lambda name: {"tesseract": "Tesseract 5"}.get(name, name))
    qtbot.addWidget(panel)
    panel.resize(500, 400)
    panel.show()
    return panel


@pytest.fixture
def edits(panel: TextPanel) -> list[PageEdit | None]:
    told: list[PageEdit | None] = []
    panel.edited.connect(told.append)
    return told


def _type(panel: TextPanel, text: str) -> None:
    QTest.keyClicks(panel.editor, text)


def test_shows_the_text_with_blank_lines_between_blocks(panel: TextPanel):
    panel.show_page(sample_record(2, 1))
    assert panel.current_text() == "line 0\nline 1\n\nline 2"


def test_shows_the_edit_when_there_is_one(panel: TextPanel):
    edit = PageEdit((EditedLine("mine", 0),))
    panel.show_page(sample_record(2, edit=edit))
    assert panel.current_text() == "mine"


def test_an_edit_is_told_once_the_user_pauses(
    qtbot: QtBot, panel: TextPanel, edits: list[PageEdit | None]
):
    panel.show_page(sample_record(2))
    _type(panel, "X")
    with qtbot.waitSignal(panel.edited, timeout=3000):
        _type(panel, "Y")
    assert edits == [PageEdit((EditedLine("XYline 0", 0), EditedLine("line 1", 1)))]


def test_flushing_tells_at_once_and_only_news(panel: TextPanel, edits: list[PageEdit | None]):
    panel.show_page(sample_record(2))
    panel.flush_edits()
    assert edits == []
    _type(panel, "X")
    panel.flush_edits()
    panel.flush_edits()
    assert len(edits) == 1


def test_back_to_what_was_read_is_no_edit(panel: TextPanel, edits: list[PageEdit | None]):
    panel.show_page(sample_record(2))
    _type(panel, "X")
    panel.flush_edits()
    panel.editor.undo()
    panel.flush_edits()
    assert edits[-1] is None
    assert len(edits) == 2


def test_showing_pages_tells_no_edit(qtbot: QtBot, panel: TextPanel, edits: list[PageEdit | None]):
    panel.show_page(sample_record(2))
    panel.select_line(1)
    panel.append_progress(ReadProgress(lines=(sample_line(0),)))
    panel.clear_progress()
    panel.show_page(warned_record())
    panel.show_page(None)
    qtbot.wait(700)
    assert edits == []


def test_going_to_another_page_tells_the_edit_first(panel: TextPanel, edits: list[PageEdit | None]):
    panel.show_page(sample_record(1))
    _type(panel, "X")
    panel.show_page(sample_record(1, number=2))
    assert edits == [PageEdit((EditedLine("Xline 0", 0),))]
    assert panel.current_text() == "line 0"


def test_a_stored_edit_that_comes_back_changes_nothing(
    panel: TextPanel, edits: list[PageEdit | None]
):
    record = sample_record(2)
    panel.show_page(record)
    _type(panel, "X")
    panel.flush_edits()
    first = msgspec.structs.replace(record, edit=edits[-1])
    _type(panel, "Y")
    panel.show_page(first)
    assert panel.current_text() == "XYline 0\nline 1"
    panel.flush_edits()
    second = msgspec.structs.replace(record, edit=edits[-1])
    for late in (first, second):
        panel.show_page(late)
        assert panel.current_text() == "XYline 0\nline 1"
    panel.editor.undo()
    assert panel.current_text() == "line 0\nline 1"


def test_an_edit_made_elsewhere_is_shown(panel: TextPanel):
    record = sample_record(2)
    panel.show_page(record)
    panel.show_page(msgspec.structs.replace(record, edit=PageEdit((EditedLine("theirs", 0),))))
    assert panel.current_text() == "theirs"
    panel.show_page(record)
    assert panel.current_text() == "line 0\nline 1"


def test_lines_arrive_in_any_order_and_stand_as_on_the_page(panel: TextPanel):
    panel.show_page(PageRecord(number=1, state=PageState.QUEUED))
    places = tuple(sample_line(number, text="") for number in range(4))
    panel.append_progress(ReadProgress(stage="Finding lines", lines=places))
    assert panel.current_text() == ""
    panel.append_progress(ReadProgress(lines=(sample_line(2), sample_line(0))))
    panel.append_progress(ReadProgress(lines=(sample_line(1), Line("no place"))))
    assert panel.current_text() == "line 0\nline 1\nline 2\nno place"
    assert [line.source for line in panel.editor.lines()] == [5, 6, 4, 7]
    assert panel.editor.isReadOnly()


def test_coming_to_a_page_late_shows_all_that_was_read(panel: TextPanel):
    panel.show_page(PageRecord(number=1))
    lines = [sample_line(number) for number in range(500)]
    panel.append_progress(ReadProgress(lines=tuple(reversed(lines))))
    panel.append_progress(ReadProgress(lines=(Line("last"),)))
    assert panel.current_text() == "\n".join([line.text for line in lines] + ["last"])
    assert panel.editor.lines()[0].source == 499


def test_text_that_is_generated_is_added_at_the_end(panel: TextPanel):
    panel.show_page(PageRecord(number=1))
    for piece in ("Once up", "on a\nti", "me"):
        panel.append_progress(ReadProgress(text=piece))
    assert panel.current_text() == "Once upon a\ntime"


def test_the_final_reading_takes_the_place_of_what_was_streamed(panel: TextPanel):
    panel.show_page(PageRecord(number=1))
    panel.append_progress(ReadProgress(lines=(sample_line(3), sample_line(1))))
    panel.show_page(sample_record(1, 1))
    assert panel.current_text() == "line 0\n\nline 1"
    assert not panel.editor.isReadOnly()
    assert not panel.editor.document().isUndoAvailable()


def test_reading_that_was_stopped_gives_the_text_back(panel: TextPanel):
    panel.show_page(sample_record(2))
    panel.append_progress(ReadProgress(lines=(sample_line(3),)))
    panel.clear_progress()
    assert panel.current_text() == "line 0\nline 1"
    assert not panel.editor.isReadOnly()
    panel.clear_progress()


def test_an_edit_is_told_before_reading_again_puts_it_away(
    panel: TextPanel, edits: list[PageEdit | None]
):
    panel.show_page(sample_record(1))
    _type(panel, "X")
    panel.append_progress(ReadProgress())
    assert edits == [PageEdit((EditedLine("Xline 0", 0),))]
    panel.clear_progress()
    assert panel.current_text() == "Xline 0"


@pytest.mark.parametrize(
    ("state", "writable"),
    [
        (PageState.UNREAD, False),
        (PageState.QUEUED, False),
        (PageState.DONE, True),
        (PageState.WARNED, True),
        (PageState.FAILED, True),
    ],
)
def test_what_may_be_edited(panel: TextPanel, state: PageState, writable: bool):
    panel.show_page(PageRecord(number=1, state=state))
    assert panel.editor.isReadOnly() is not writable
    assert panel.editor.placeholderText()


def test_a_page_that_failed_can_be_typed(panel: TextPanel, edits: list[PageEdit | None]):
    panel.show_page(PageRecord(number=1, state=PageState.FAILED))
    _type(panel, "by hand")
    panel.flush_edits()
    assert edits == [PageEdit((EditedLine("by hand"),))]


def test_going_to_text_tells_the_printed_line(qtbot: QtBot, panel: TextPanel):
    panel.show_page(sample_record(2, 2))
    with qtbot.waitSignal(panel.line_clicked) as clicked:
        QTest.keyClick(panel.editor, Qt.Key.Key_Down)
    assert clicked.args == [1]


def test_a_printed_line_leads_to_its_text(qtbot: QtBot, panel: TextPanel):
    panel.show_page(sample_record(200))
    panel.tabs.setCurrentWidget(panel.record)
    with qtbot.assertNotEmitted(panel.line_clicked):
        panel.select_line(150)
    assert panel.tabs.currentWidget() is panel.text_tab
    assert panel.editor.textCursor().block().text() == "line 150"


def test_search_goes_on_and_starts_over(panel: TextPanel):
    panel.show_page(sample_record(12))

    def found(text: str, *, backward: bool = False) -> str | None:
        if not panel.find(text, backward=backward):
            return None
        return panel.editor.textCursor().block().text()

    assert [found("LINE 1") for _ in range(4)] == ["line 1", "line 10", "line 11", "line 1"]
    assert found("line 1", backward=True) == "line 11"
    place = panel.editor.textCursor().position()
    assert found("nowhere") is None
    assert panel.editor.textCursor().position() == place
    assert not panel.find("")


def test_search_looks_in_the_markdown_when_that_is_shown(panel: TextPanel):
    panel.show_page(sample_record(3))
    panel.tabs.setCurrentWidget(panel.markdown)
    assert panel.find("line 2")
    assert panel.markdown.source.textCursor().selectedText() == "line 2"
    panel.tabs.setCurrentWidget(panel.record)
    assert panel.find("Read by")


def test_all_places_are_marked(qtbot: QtBot, panel: TextPanel):
    panel.show_page(sample_record(3))
    panel.highlight_all("line")
    qtbot.waitUntil(lambda: len(panel.editor.extraSelections()) == 3)
    panel.highlight_all("")
    qtbot.waitUntil(lambda: panel.editor.extraSelections() == [])


def test_the_markdown_follows_edits(panel: TextPanel):
    panel.show_page(sample_record(2))
    _type(panel, "# ")
    panel.tabs.setCurrentWidget(panel.markdown)
    assert panel.current_text().startswith("\\# line 0")


def test_the_record_tells_the_story(panel: TextPanel):
    panel.show_page(warned_record())
    panel.tabs.setCurrentWidget(panel.record)
    told = panel.record.browser.toPlainText()
    for words in ("Tesseract 5", "The page is in Cyrillic.", "2 lines are <uncertain>."):
        assert words in told


def test_a_warning_leads_to_its_place(qtbot: QtBot, panel: TextPanel):
    record = warned_record()
    panel.show_page(record)
    panel.tabs.setCurrentWidget(panel.record)
    with qtbot.waitSignal(panel.warning_clicked) as clicked:
        panel.record.browser.anchorClicked.emit(QUrl("warning:1"))
    assert clicked.args == [1]
    with qtbot.assertNotEmitted(panel.warning_clicked):
        panel.record.browser.anchorClicked.emit(QUrl("warning:7"))
        panel.record.browser.anchorClicked.emit(QUrl("https://example.org/1"))


def test_the_details_can_be_copied(panel: TextPanel):
    panel.show_page(warned_record())
    panel.tabs.setCurrentWidget(panel.record)
    QTest.mouseClick(panel.record.copy_button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    for words in ("wrong-script", "last <line>", "2 lines are <uncertain>.", "800"):
        assert words in copied


def test_every_control_has_a_name(panel: TextPanel):
    named: tuple[Callable[[], str], ...] = (
        panel.editor.accessibleName,
        panel.tabs.accessibleName,
        panel.markdown.source.accessibleName,
        panel.markdown.rendered.accessibleName,
        panel.record.browser.accessibleName,
        panel.record.copy_button.text,
    )
    assert all(name() for name in named)


def test_a_long_stream_of_small_pieces_does_not_grow_slower(panel: TextPanel):
    panel.show_page(PageRecord(number=1))
    seconds = []
    for _ in range(3):
        began = time.process_time()
        for _ in range(1500):
            # A table is a single line without end.
            panel.append_progress(ReadProgress(text="<td>12</td>"))
        QApplication.processEvents()
        seconds.append(time.process_time() - began)
    # In a line of 50,000 characters each piece takes thirty times as long as at first.
    assert seconds[2] < 4 * seconds[0] + 0.2
    assert panel.current_text().replace("\n", "") == "<td>12</td>" * 4500
    assert max(len(line) for line in panel.current_text().split("\n")) <= 2000


def test_text_that_streams_is_followed_until_the_user_looks_up(panel: TextPanel):
    panel.show_page(PageRecord(number=1))
    bar = panel.editor.verticalScrollBar()
    for number in range(200):
        panel.append_progress(ReadProgress(text=f"line {number}\n"))
    assert bar.value() == bar.maximum() > 0
    QTest.keyClick(panel.editor, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    bar.setValue(20)
    top = panel.editor.firstVisibleBlock().text()
    for number in range(200):
        panel.append_progress(ReadProgress(text=f"later {number}\n"))
    assert panel.editor.firstVisibleBlock().text() == top == "line 20"
    bar.setValue(bar.maximum())
    panel.append_progress(ReadProgress(text="the\nlast\n"))
    assert bar.value() == bar.maximum()


def partly_read_record(**changes: object) -> PageRecord:
    """A page that two engines failed on; the second left the longer part of it."""
    attempts = (
        Attempt("tesseract", "cpu", 0.0, 1.0, FailureKind.CRASHED, "It crashed.", partial="Dear"),
        Attempt(
            "dots", "cpu", 1.0, 9.0, FailureKind.CUT_OFF, "Too long.", partial="Dear Sir\nI wr\n"
        ),
    )
    record = PageRecord(number=1, state=PageState.FAILED, attempts=attempts)
    return msgspec.structs.replace(record, **changes)


def test_what_was_written_before_a_failure_is_shown_and_does_not_count(
    panel: TextPanel, edits: list[PageEdit | None]
):
    panel.show_page(partly_read_record())
    assert panel.editor.toPlainText() == "Dear Sir\nI wr"
    assert panel.partial.isVisible()
    assert panel.partial.label.text() == "Incomplete: what dots had written before it stopped."
    assert panel.editor.isReadOnly()
    assert panel.current_text() == ""
    text_colour = panel.editor.palette().color(QPalette.ColorRole.Text)
    assert text_colour != panel.palette().color(QPalette.ColorRole.Text)
    _type(panel, "X")
    panel.flush_edits()
    assert edits == []


def test_the_part_becomes_the_text_when_the_user_says_so(
    panel: TextPanel, edits: list[PageEdit | None]
):
    record = partly_read_record()
    panel.show_page(record)
    QTest.mouseClick(panel.partial.use_button, Qt.MouseButton.LeftButton)
    edit = PageEdit((EditedLine("Dear Sir"), EditedLine("I wr")))
    assert edits == [edit]
    assert not panel.partial.isVisible()
    assert panel.current_text() == "Dear Sir\nI wr"
    assert panel.editor.palette().color(QPalette.ColorRole.Text) == panel.palette().color(
        QPalette.ColorRole.Text
    )
    panel.show_page(msgspec.structs.replace(record, edit=edit))
    assert not panel.editor.isReadOnly()
    _type(panel, "My ")
    panel.flush_edits()
    assert panel.current_text() == "My Dear Sir\nI wr"


def test_a_part_goes_when_the_page_is_read_again_or_another_is_shown(panel: TextPanel):
    panel.show_page(partly_read_record())
    panel.append_progress(ReadProgress(text="Now"))
    assert not panel.partial.isVisible()
    assert panel.editor.toPlainText() == "Now"
    panel.clear_progress()
    assert panel.partial.isVisible()
    panel.show_page(sample_record(2, number=2))
    assert not panel.partial.isVisible()
    assert panel.current_text() == "line 0\nline 1"


def test_no_part_is_shown_of_a_page_that_has_a_text(panel: TextPanel):
    panel.show_page(partly_read_record(edit=PageEdit((EditedLine("mine"),))))
    assert not panel.partial.isVisible()
    assert panel.current_text() == "mine"
