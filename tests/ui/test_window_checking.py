"""Going through what is to be checked, in a whole window."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from doubles import engine_script as do
from doubles.pages import make_image, make_pdf
from textlift.content.geometry import Box
from textlift.content.page import PageState
from textlift.content.reading import PageWarning, WarningKind
from textlift.ui.document_model import SubtitleRole
from textlift.ui.exporting import ExportScope
from textlift.ui.reader_thread import PageKey

# The scripted engine's second line.
LINE = Box(20, 60, 300, 76)
MISSED = PageWarning(WarningKind.MISSED, "3 lines were not read.", Box(300, 8, 500, 30))
DIFFERS = PageWarning(WarningKind.DIFFERS, "Another model reads “there”.", LINE)
WHOLE = PageWarning(WarningKind.UNCHECKED, "Nobody has looked at this page.")


@pytest.fixture
def warned(driver, tmp_path):
    """Two things to check on the first page of three, none on the second, one on the third;
    and one on a document of one page."""
    driver.script.engine(
        "alpha",
        pages={
            1: do.warn(MISSED, DIFFERS, text="one\ntwo"),
            3: do.warn(WHOLE, text="three"),
            7: do.warn(MISSED, text="seven"),
        },
    )
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    driver.wait_for_documents(1)
    driver.open(make_image(tmp_path / "letter.png", 7))
    driver.wait_for_documents(2)
    driver.wait_until_read()
    driver.window.tree.show_page(PageKey(1, 1))
    here(driver, 1, 1)
    return driver


def here(driver, document: int, page: int) -> None:
    """Waits until a page is shown, with its picture."""
    current = driver.window.current
    driver.wait(
        lambda: (
            current.key == PageKey(document, page) and current.record is not None and current.pixels
        )
    )


def press(driver, name: str) -> None:
    action = driver.window.actions_[name]
    assert action.isEnabled()
    action.trigger()


def bar(driver) -> str:
    return driver.window.warnings.words.text()


def said(driver) -> str:
    return driver.window.status.words.text()


def words(driver, document: int, page: int | None = None) -> str:
    model = driver.window.model
    index = (
        model.document_index(document) if page is None else model.index_of(PageKey(document, page))
    )
    return index.data(SubtitleRole)


def stored(driver, document: int, page: int):
    """The page as the session has it, once everything asked before is done."""
    got = []
    driver.desktop.workspace.session.ask(lambda store: store.page(document, page), got.append)
    driver.wait(lambda: got)
    return got[0]


def test_the_next_thing_to_check_is_shown_in_the_page_the_text_and_the_record(warned):
    driver = warned
    window = driver.window
    assert bar(driver) == "2 to check on this page"
    assert not window.warnings.tick_button.isVisible()
    press(driver, "next-warning")
    assert bar(driver) == "1 of 2 to check: 3 lines were not read."
    assert window.page_view._warnings.selected == 0
    press(driver, "next-warning")
    assert bar(driver) == "2 of 2 to check: Another model reads “there”."
    assert window.text.editor._marked.block().text() == "two"
    window.text.tabs.setCurrentWidget(window.text.record)
    html = window.text.record.browser.toHtml()
    # Qt gives the ground of a row to its cells, of which there are two.
    assert html.count("bgcolor=") == 2
    assert window.warnings.accessibleName() == bar(driver)
    assert "2 to check" in window.page_view.accessibleDescription()


def test_a_screen_reader_is_told(warned, monkeypatch):
    said_aloud = []
    monkeypatch.setattr(
        QtGui,
        "QAccessible",
        SimpleNamespace(updateAccessibility=lambda event: said_aloud.append(event.message())),
    )
    press(warned, "next-warning")
    press(warned, "tick-warning")
    assert said_aloud == [
        "1 of 2 to check: 3 lines were not read.",
        "Ticked off, 1 left on this page: 3 lines were not read.",
    ]


def test_it_goes_on_over_pages_and_documents_and_starts_over(warned):
    driver = warned
    places = []
    for document, page in ((1, 1), (1, 1), (1, 3), (2, 1), (1, 1)):
        press(driver, "next-warning")
        here(driver, document, page)
        driver.wait(lambda: driver.window.checking.index is not None)
        places.append(bar(driver))
    assert places == [
        "1 of 2 to check: 3 lines were not read.",
        "2 of 2 to check: Another model reads “there”.",
        "1 of 1 to check: Nobody has looked at this page. (of the whole page)",
        "1 of 1 to check: 3 lines were not read.",
        "1 of 2 to check: 3 lines were not read.",
    ]
    assert said(driver) == "Started over at the first page."
    press(driver, "previous-warning")
    here(driver, 2, 1)
    assert said(driver) == "Started over at the last page."
    press(driver, "previous-warning")
    here(driver, 1, 3)
    press(driver, "previous-warning")
    here(driver, 1, 1)
    driver.wait(lambda: bar(driver) == "2 of 2 to check: Another model reads “there”.")


def test_what_is_ticked_off_is_left_out_and_counted(warned):
    driver = warned
    window = driver.window
    assert words(driver, 1) == "3 pages, 3 to check"
    assert words(driver, 1, 1) == "Read, 2 to check"
    assert said(driver) == "4 of 4 pages read · 3 pages have something to check (F8)"
    assert not window.actions_["tick-warning"].isEnabled()
    press(driver, "next-warning")
    press(driver, "tick-warning")
    assert bar(driver) == "Ticked off, 1 left on this page: 3 lines were not read."
    driver.wait(lambda: words(driver, 1, 1) == "Read, 1 to check")
    assert words(driver, 1) == "3 pages, 2 to check"
    press(driver, "next-warning")
    assert bar(driver) == "1 of 1 to check: Another model reads “there”."
    press(driver, "tick-warning")
    assert said(driver) == "Nothing is left to check on this page."
    driver.wait(lambda: words(driver, 1, 1) == "Read")
    assert window.current.record.state is PageState.DONE
    press(driver, "tick-warning")
    driver.wait(lambda: words(driver, 1, 1) == "Read, 1 to check")
    assert window.current.record.state is PageState.WARNED


def test_in_the_end_nothing_is_left(warned):
    driver = warned
    for document, page in ((1, 1), (1, 3), (2, 1)):
        press(driver, "next-warning")
        here(driver, document, page)
        driver.wait(lambda: driver.window.checking.index is not None)
        press(driver, "tick-page")
    assert said(driver) == "Nothing is left to check."
    press(driver, "next-warning")
    assert said(driver) == "Nothing is left to check."
    driver.wait(lambda: words(driver, 1) == "3 pages read")
    press(driver, "tick-page")
    driver.wait(lambda: words(driver, 2) == "Read, 1 to check")
    assert bar(driver) == "1 of 1 to check: 3 lines were not read."


def test_failed_pages_are_named_when_nothing_else_is_left(driver, tmp_path):
    driver.script.engine("alpha", pages={2: do.WRONG_SCRIPT})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 2))
    driver.wait_for_documents(1)
    driver.wait_until_read()
    here(driver, 1, 1)
    assert not driver.window.warnings.isVisible()
    press(driver, "next-warning")
    assert said(driver) == "Nothing is left to check, but 1 page has failed."
    press(driver, "next-problem")
    here(driver, 1, 2)


def test_nothing_is_said_to_be_done_while_pages_wait(driver, tmp_path):
    driver.script.engine("alpha", pages={2: do.WAIT})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 2))
    driver.wait(lambda: driver.script.told("alpha", 2))
    press(driver, "next-warning")
    assert said(driver) == "Nothing is left to check on the pages that are read."


def test_ticks_survive_a_restart_and_go_with_a_new_reading(warned):
    driver = warned
    press(driver, "next-warning")
    press(driver, "tick-warning")
    driver.close()
    driver.start()
    here(driver, 1, 1)
    assert driver.window.current.record.ticked == (0,)
    assert words(driver, 1, 1) == "Read, 1 to check"
    assert bar(driver) == "1 to check on this page"
    press(driver, "read-page")
    driver.wait(lambda: words(driver, 1, 1) == "Read, 2 to check")
    driver.wait(lambda: bar(driver) == "2 to check on this page")
    assert stored(driver, 1, 1).ticked == ()


def test_a_tick_that_comes_after_a_new_reading_is_not_kept(driver, tmp_path):
    driver.script.engine("alpha", default=[do.warn(MISSED), do.read("new")])
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    here(driver, 1, 1)
    workspace = driver.desktop.workspace
    old = driver.window.current.record.reading
    press(driver, "read-page")
    driver.wait(lambda: driver.window.text.current_text() == "new")
    got = []
    workspace.keep_ticked(PageKey(1, 1), (0,), of=old, then=got.append)
    driver.wait(lambda: got)
    assert got[0].ticked == ()
    assert words(driver, 1, 1) == "Read"
    assert not driver.window.warnings.isVisible()


def test_an_edit_and_a_tick_are_both_kept(warned, qtbot):
    driver = warned
    press(driver, "next-warning")
    qtbot.keyClicks(driver.window.text.editor, "Mine. ")
    press(driver, "tick-warning")
    qtbot.keyClicks(driver.window.text.editor, "Too. ")
    driver.window.current.flush()
    record = stored(driver, 1, 1)
    assert record.ticked == (0,)
    assert record.edit.lines[0].text == "Mine. Too. one"
    assert driver.window.text.current_text().startswith("Mine. Too. one")


def test_a_click_on_a_frame_makes_its_warning_stand_out(warned):
    driver = warned
    view = driver.window.page_view
    spot = view.mapFromScene(400, 19)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert bar(driver) == "1 of 2 to check: 3 lines were not read."
    line = view.mapFromScene(36, 68)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=line)
    assert bar(driver) == "2 of 2 to check: Another model reads “there”."
    assert view._overlay.selected == 1


def test_the_record_ticks_off_and_leads_to_places(warned):
    driver = warned
    window = driver.window
    window.text.tabs.setCurrentWidget(window.text.record)
    browser = window.text.record.browser
    seen = browser.toPlainText()
    assert "3 lines were not read." in seen
    assert "All 2 look right" in seen
    browser.anchorClicked.emit(QUrl("warning:1"))
    assert bar(driver).startswith("2 of 2 to check")
    browser.anchorClicked.emit(QUrl("tick:0"))
    assert window.current.record.ticked == (0,)
    assert "Check again" in browser.toPlainText()
    browser.anchorClicked.emit(QUrl("untick:0"))
    assert window.current.record.ticked == ()
    browser.anchorClicked.emit(QUrl("tick:all"))
    assert window.current.record.ticked == (0, 1)
    browser.anchorClicked.emit(QUrl("untick:all"))
    assert window.current.record.ticked == ()
    driver.wait(lambda: words(driver, 1, 1) == "Read, 2 to check")


def test_the_buttons_of_the_bar_do_what_they_say(warned):
    driver = warned
    buttons = driver.window.warnings
    buttons.next_button.click()
    assert buttons.tick_button.text() == "Looks right"
    buttons.tick_button.click()
    assert buttons.tick_button.text() == "Check again"
    buttons.tick_button.click()
    assert driver.window.current.record.ticked == ()
    buttons.next_button.click()
    buttons.previous_button.click()
    assert bar(driver).startswith("1 of 2 to check")
    for button in (buttons.tick_button, buttons.previous_button, buttons.next_button):
        assert button.accessibleName()
        assert button.toolTip()
        assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert "Dashed frame: missed" in buttons.swatch.toolTip()


def test_nothing_can_be_ticked_off_while_the_page_is_read_again(driver, tmp_path):
    gate = driver.script.make_gate("gate")
    driver.script.engine("alpha", default=[do.warn(MISSED), do.gate(gate)])
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    here(driver, 1, 1)
    press(driver, "next-warning")
    press(driver, "read-page")
    driver.wait(lambda: PageKey(1, 1) in driver.window.reading.streams)
    driver.wait(lambda: not driver.window.warnings.isVisible())
    assert not driver.window.actions_["tick-page"].isEnabled()
    driver.script.open_gate(gate)
    driver.wait_until_read()


def test_files_end_with_a_note_that_can_be_left_out_and_copies_never_have_one(warned, tmp_path):
    driver = warned
    path = tmp_path / "out.txt"
    for wanted in (True, False):
        driver.window.actions_["export-txt"].trigger()
        dialog = driver.dialog()
        assert dialog.note.isChecked()
        dialog.note.setChecked(wanted)
        dialog.choose_scope(ExportScope.EVERYTHING)
        dialog.target.setText(str(path))
        dialog.export_button.click()
        driver.wait(path.exists)
        assert ("[4 things are left to check" in path.read_text()) is wanted
        assert ("[letter.png: 3 lines were not read.]" in path.read_text()) is wanted
        path.unlink()
    driver.window.actions_["copy-everything"].trigger()
    clipboard = QGuiApplication.clipboard()
    driver.wait(lambda: "seven" in clipboard.text())
    assert "left to check" not in clipboard.text()


def test_the_note_is_proposed_as_the_settings_have_it(driver, tmp_path):
    driver.script.engine("alpha")
    driver.start(note_checks=False)
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    driver.window.actions_["export-json"].trigger()
    dialog = driver.dialog()
    assert not dialog.note.isChecked()
    assert not dialog.note.isEnabled()
    dialog.format.setCurrentIndex(dialog.format.findData("md"))
    assert dialog.note.isEnabled()
    assert not dialog.order().note
    dialog.reject()


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)")
def test_the_menu_of_the_page_ticks_off_the_warning_below_it(warned):
    driver = warned
    window = driver.window
    view, parts = window.page_view, driver.desktop.commands.parts

    def menu_at(x: float, y: float) -> list[str]:
        spot = view.mapFromScene(x, y)
        view.menu_wanted.emit(view.viewport().mapToGlobal(spot), view.mapToScene(spot))
        parts.page_menu.hide()
        return [action.text().replace("&", "") for action in parts.page_menu.actions()]

    assert "Looks right" in menu_at(400, 19)
    assert bar(driver) == "1 of 2 to check: 3 lines were not read."
    press(driver, "tick-warning")
    assert "Check again" in menu_at(400, 19)
    assert "Everything on this page looks right" in menu_at(400, 19)
    assert "Looks right" not in menu_at(300, 400)
