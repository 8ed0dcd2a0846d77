"""The tab of second opinions in the whole window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from doubles import engine_script as do
from doubles.pages import make_image, make_pdf
from textlift.content.attempt import FailureKind
from textlift.content.geometry import Box
from textlift.content.page import PageState
from textlift.engines.contract import Availability, ReadingMode

OURS = "The first line.\nThe second line.\nThe third line."
THEIRS = "The first line.\nThe sekond line.\nThe third line."


@pytest.fixture
def read_page(driver, tmp_path):
    """A page that alpha has read, and beta reads otherwise."""
    driver.script.engine("beta", default=do.read(THEIRS))
    start(driver, tmp_path)
    return driver


def start(driver, tmp_path, alpha: dict | list[dict] | None = None) -> None:
    """Opens the window; alpha reads a page."""
    names = driver.script.registry.names
    driver.script.engine("alpha", default=alpha or do.read(OURS))
    assert driver.script.registry.names == (*names, "alpha")
    driver.start(model="alpha", fallback=())
    driver.open(make_image(tmp_path / "letter.png", 1))
    driver.wait_until_read()
    driver.wait(lambda: driver.window.current.record is not None)
    driver.wait(lambda: driver.window.current.record.attempts)


def opened(driver):
    """The view, once it shows what there is of the page."""
    driver.window.actions_["second-opinion"].trigger()
    view = driver.window.text.opinion.view
    driver.wait(lambda: view.bar.isVisible() or view.invitation.title.text())
    return view


def compared(driver, engine: str = "beta"):
    view = opened(driver)
    view.ask_wanted.emit(engine)
    driver.wait(lambda: view.text is not None)
    return view


def stored(driver, page: int = 1):
    records = []
    driver.desktop.workspace.session.ask(lambda store: store.page(1, page), records.append)
    driver.wait(lambda: records)
    return records[0]


def edited(driver) -> str:
    return driver.window.text.editor.toPlainText()


def test_another_model_is_asked_and_the_page_stays_as_it_is(read_page):
    driver = read_page
    before = stored(driver)
    view = opened(driver)
    assert view.invitation.ask.text() == "Ask Engine beta"
    assert view.invitation.ask.hasFocus()
    view.invitation.ask.click()
    driver.wait(lambda: view.text is not None)
    assert view.differences.count.text() == "1 difference"
    assert [title.text() for title in view.head.titles] == ["Engine alpha", "Engine beta"]
    first, second = view.pairs.rows[0].cells
    assert (first.text_shown, second.text_shown) == (OURS, THEIRS)
    assert first.isChecked()
    assert stored(driver) == before
    assert edited(driver) == OURS
    assert [told.engine for told in driver.script.told()] == ["alpha", "beta"]


def test_what_is_chosen_becomes_the_users_edit_and_can_be_undone(read_page):
    driver = read_page
    view = compared(driver)
    view.pairs.rows[0].second.click()
    assert edited(driver) == THEIRS
    record = stored(driver)
    assert record.state is PageState.DONE
    assert [(line.text, line.source) for line in record.edit.lines] == [
        (text, number) for number, text in enumerate(THEIRS.split("\n"))
    ]
    assert view.differences.undo.isEnabled()
    view.differences.undo.click()
    assert edited(driver) == OURS
    assert stored(driver).edit is None
    assert view.pairs.rows[0].first.isChecked()


def test_the_text_tab_undoes_a_choice_too(read_page):
    driver = read_page
    view = compared(driver)
    view.head.buttons[1].click()
    text = driver.window.text
    text.tabs.setCurrentWidget(text.text_tab)
    assert text.current_text() == THEIRS
    text.editor.undo()
    assert text.current_text() == OURS
    opened(driver)
    driver.wait(lambda: not view.pairs.rows[0].second.isChecked())
    assert stored(driver).edit is None


def test_everything_works_with_the_keyboard(read_page, qtbot):
    driver = read_page
    view = compared(driver)
    driver.wait(driver.window.actions_["next-difference"].isEnabled)
    driver.window.actions_["next-difference"].trigger()
    assert view.differences.count.text() == "1 of 1 difference"
    row = view.pairs.rows[0]
    assert row.first.hasFocus()
    qtbot.keyClick(row.first, Qt.Key.Key_Right)
    assert row.second.isChecked()
    assert row.second.hasFocus()
    assert edited(driver) == THEIRS
    qtbot.keyClick(row.second, Qt.Key.Key_Left)
    assert edited(driver) == OURS
    qtbot.keyClick(row.first, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert edited(driver) == THEIRS


def test_an_opinion_is_kept_and_the_choice_with_it(read_page):
    driver = read_page
    view = compared(driver)
    view.pairs.rows[0].second.click()
    driver.close()
    driver.start(model="alpha", fallback=())
    driver.wait(lambda: driver.window.current.record is not None)
    view = opened(driver)
    driver.wait(lambda: view.text is not None)
    assert view.pairs.rows[0].second.isChecked()
    assert view.pairs.rows[0].first.text_shown == OURS
    assert len(driver.script.told("beta")) == 1
    view.head.buttons[0].click()
    assert edited(driver) == OURS
    assert stored(driver).edit is None


def test_the_users_own_text_is_compared_and_stays(read_page, qtbot):
    driver = read_page
    qtbot.keyClicks(driver.window.text.editor, "Mine. ")
    view = compared(driver)
    assert view.head.titles[0].text() == "Your text"
    first, second = view.pairs.rows[0].cells
    assert first.text_shown == "Mine. " + OURS
    second.click()
    assert edited(driver) == THEIRS
    view.undone.emit()
    assert edited(driver) == "Mine. " + OURS
    assert stored(driver).edit.lines[0].text == "Mine. The first line."


def test_text_appears_while_the_other_model_reads(driver, tmp_path):
    gate = driver.script.make_gate("line")
    driver.script.engine("beta", default=do.stream(THEIRS.split("\n"), gate))
    start(driver, tmp_path)
    view = opened(driver)
    view.ask_wanted.emit("beta")
    driver.wait(lambda: "The first line." in view.waiting.second.toPlainText())
    assert view.waiting.first.toPlainText() == OURS
    assert "sekond" not in view.waiting.second.toPlainText()
    # To another tab and back: what was read meanwhile is there.
    text = driver.window.text
    text.tabs.setCurrentWidget(text.text_tab)
    driver.script.open_gate("line")
    streams = driver.window.reading.opinions.streams
    driver.wait(lambda: any("sekond" in stream.text for stream in streams.values()))
    opened(driver)
    driver.wait(lambda: "sekond" in view.waiting.second.toPlainText())
    driver.script.open_gate("line", times=5)
    driver.wait(lambda: view.text is not None)


def test_stop_works_and_says_so(driver, tmp_path):
    driver.script.engine("beta", default=[do.WAIT, do.read(THEIRS)])
    start(driver, tmp_path)
    view = opened(driver)
    view.ask_wanted.emit("beta")
    driver.wait(lambda: driver.script.told("beta"))
    driver.window.actions_["stop"].trigger()
    driver.wait(lambda: view.waiting.right.currentWidget() is view.waiting.failure)
    assert view.waiting.heading.text() == "Engine beta was stopped before it was done."
    assert edited(driver) == OURS
    view.waiting.again.click()
    driver.wait(lambda: view.text is not None)


def test_a_failure_is_told_where_the_text_would_be(driver, tmp_path):
    driver.script.engine("beta", default=do.fail(FailureKind.WRONG_SCRIPT, "It reads no Latin."))
    driver.script.engine("gamma", default=do.read(THEIRS))
    start(driver, tmp_path)
    view = opened(driver)
    view.ask_wanted.emit("beta")
    driver.wait(lambda: view.waiting.right.currentWidget() is view.waiting.failure)
    assert view.waiting.heading.text() == "Engine beta could not read this."
    assert view.waiting.sentence.text() == "It reads no Latin."
    assert edited(driver) == OURS
    (gamma,) = (one for one in view.menu.actions() if one.text() == "Engine gamma")
    gamma.trigger()
    driver.wait(lambda: view.text is not None)
    choice = view.bar.choice
    listed = [choice.itemText(place) for place in range(choice.count())]
    assert listed == ["Engine beta: failed", "Engine gamma"]


def test_opinions_can_be_looked_at_in_turn_and_removed(driver, tmp_path):
    driver.script.engine("beta", default=do.read(THEIRS))
    driver.script.engine("gamma", default=do.read("Quite another text."))
    start(driver, tmp_path)
    view = compared(driver)
    view.ask_wanted.emit("gamma")
    driver.wait(lambda: view.head.titles[1].text() == "Engine gamma" and view.text is not None)
    view.bar.choice.activated.emit(0)
    driver.wait(lambda: view.head.titles[1].text() == "Engine beta" and view.text is not None)
    view.bar.remove.click()
    driver.wait(lambda: view.bar.choice.count() == 1 and view.text is not None)
    assert view.head.titles[1].text() == "Engine gamma"
    view.bar.remove.click()
    driver.wait(lambda: view.stack.currentWidget() is view.invitation)
    assert edited(driver) == OURS


def test_a_part_of_the_page_is_compared_with_the_lines_inside(driver, tmp_path):
    driver.script.engine("beta", default=do.read("The sekond line."))
    start(driver, tmp_path)
    driver.desktop.commands.opinions.open(part=Box(0, 58, 2000, 78))
    view = driver.window.text.opinion.view
    driver.wait(lambda: not view.invitation.decline.isHidden())
    view.invitation.ask.click()
    driver.wait(lambda: view.text is not None)
    (row,) = view.pairs.rows
    assert row.first.text_shown == "The second line."
    assert view.bar.choice.currentText() == "Engine beta, a part"
    row.second.click()
    assert edited(driver) == THEIRS


def test_models_that_cannot_be_asked_say_why(driver, tmp_path):
    missing = Availability(ready=False, sentence="Its program is missing.")
    driver.script.engine("beta", available=missing)
    start(driver, tmp_path)
    driver.wait(lambda: driver.desktop.states.states)
    view = opened(driver)
    assert view.invitation.ask.isHidden()
    told = {one.text(): one.isEnabled() for one in view.menu.actions() if one.text()}
    assert told == {
        "No model is ready": False,
        "Engine beta: Its program is missing.": False,
        "Engine alpha: It has read this page.": False,
    }


def test_the_model_asked_last_is_the_one_proposed(driver, tmp_path):
    driver.script.engine("beta")
    driver.script.engine("gamma", default=do.read(THEIRS))
    start(driver, tmp_path)
    assert opened(driver).invitation.ask.text() == "Ask Engine beta"
    view = compared(driver, "gamma")
    view.bar.remove.click()
    driver.wait(lambda: view.stack.currentWidget() is view.invitation)
    assert view.invitation.ask.text() == "Ask Engine gamma"


def test_an_opinion_is_stopped_by_its_own_button_and_asked_for_again_in_its_mode(driver, tmp_path):
    modes = (
        ReadingMode(name="layout", title="Layout", returns="blocks"),
        ReadingMode(name="text", title="Text", returns="text"),
    )
    driver.script.engine("beta", default=[do.HANG, do.read(THEIRS)], modes=modes)
    start(driver, tmp_path)
    opened(driver)
    view = driver.window.text.opinion.view
    driver.window.reading.ask_opinion(driver.window.current.key, "beta", mode="text")
    driver.wait(lambda: driver.script.told("beta"))
    assert view.bar.remove.accessibleName() == "Stop this second opinion"
    view.bar.remove.click()
    driver.wait(lambda: view.waiting.right.currentWidget() is view.waiting.failure)
    assert view.waiting.heading.text() == "Engine beta was stopped before it was done."
    assert view.bar.remove.accessibleName() == "Remove this second opinion"
    view.waiting.again.click()
    driver.wait(lambda: view.text is not None)
    assert [one.mode for one in driver.script.told("beta")] == ["text", "text"]


def test_a_page_that_is_not_read_is_not_compared(driver, tmp_path):
    driver.script.engine("alpha", pages={2: do.WAIT})
    driver.start(fallback=())
    driver.open(make_pdf(tmp_path / "scan.pdf", 2))
    driver.wait(lambda: driver.script.told("alpha", 2))
    driver.window.actions_["next-page"].trigger()
    driver.window.actions_["second-opinion"].trigger()
    view = driver.window.text.opinion.view
    driver.wait(lambda: "is being read" in view.invitation.sentence.text())


def test_an_opinion_on_a_page_that_waits_is_shown_and_compared_once_the_page_is_read(
    driver, tmp_path
):
    driver.script.engine("beta", default=do.read(THEIRS))
    driver.script.engine("alpha", default=[do.WAIT, do.read(OURS)])
    driver.start(model="alpha", fallback=())
    driver.open(make_pdf(tmp_path / "scan.pdf", 2))
    driver.wait(lambda: driver.script.told("alpha", 1))
    driver.window.actions_["stop"].trigger()
    driver.window.actions_["second-opinion"].trigger()
    view = driver.window.text.opinion.view
    driver.wait(lambda: "waits to be read" in view.invitation.sentence.text())
    driver.window.reading.ask_opinion(driver.window.current.key, "beta")
    driver.wait(lambda: view.waiting.second.toPlainText() == THEIRS)
    assert view.waiting.first.toPlainText() == ""
    assert not view.differences.isVisible()
    driver.window.actions_["read-page"].trigger()
    driver.wait(lambda: view.text is not None)
    assert view.pairs.rows[0].second.text_shown == THEIRS


def test_a_failed_page_takes_the_text_of_the_other_model(driver, tmp_path):
    driver.script.engine("beta", default=do.read(THEIRS))
    start(driver, tmp_path, do.saying("The fi", do.fail(FailureKind.CUT_OFF)))
    text = driver.window.text
    driver.wait(lambda: not text.partial.isHidden())
    view = compared(driver)
    view.head.buttons[1].click()
    assert edited(driver) == THEIRS
    assert text.partial.isHidden()
    view.undone.emit()
    assert edited(driver) == "The fi"
    assert not text.partial.isHidden()
    assert stored(driver).edit is None


def test_a_page_that_is_read_again_is_compared_anew(driver, tmp_path):
    driver.script.engine("beta", default=do.read(THEIRS))
    start(driver, tmp_path, [do.read(OURS), do.read(THEIRS)])
    view = compared(driver)
    driver.window.actions_["read-page"].trigger()
    driver.wait(lambda: view.text is not None and not view.text.differences)
    assert view.differences.count.text() == "Both texts say the same"
    assert not view.head.buttons[1].isEnabled()


def test_searching_goes_to_the_text(read_page):
    driver = read_page
    compared(driver)
    text = driver.window.text
    assert text.find("second")
    assert text.tabs.currentWidget() is text.text_tab


def test_the_panel_makes_room_for_two_columns_and_gives_it_back(read_page):
    driver = read_page
    window = driver.window
    window.resize(1280, 720)
    before = window.splitter.sizes()
    opened(driver)
    assert window.splitter.sizes()[2] >= 600
    window.text.tabs.setCurrentWidget(window.text.text_tab)
    assert window.splitter.sizes() == before
    opened(driver)
    window.resize(1380, 720)
    window.close()
    assert window.splitter.sizes()[2] < before[2] + 100


def test_a_difference_is_shown_on_the_page(read_page, qtbot):
    driver = read_page
    view = compared(driver)
    window = driver.window
    driver.wait(lambda: window.page_view.has_page)
    window.page_view.set_zoom(6.0)
    view.go_to(0)
    (box,) = view.text.differences[0].boxes
    shown = window.page_view.mapToScene(window.page_view.viewport().rect()).boundingRect()
    assert shown.contains(*box.center)
    # And a click on the printed line goes to its passage.
    view.differences.show_place(None, 1)
    window.page_view.line_clicked.emit(1)
    assert view.differences.count.text() == "1 of 1 difference"


def test_the_menus_of_text_and_page_lead_to_it(read_page):
    driver = read_page
    window, commands = driver.window, driver.desktop.commands
    menu = commands.opinions.text_menu(window.text.editor.cursorRect().center())
    *_, of_block, of_page = menu.actions()
    assert of_page is window.actions_["second-opinion"]
    of_block.trigger()
    menu.close()
    view = window.text.opinion.view
    driver.wait(lambda: not view.invitation.decline.isHidden())
    assert "this part" in view.invitation.sentence.text()
    view.invitation.decline.click()
    driver.wait(view.invitation.decline.isHidden)
    offered = [action for more in commands.parts.more for action in more(QPointF(30, 50))]
    assert of_page in offered


def test_a_failed_second_try_keeps_what_was_read(driver, tmp_path):
    failure = do.fail(FailureKind.TIMED_OUT, "It took too long.")
    driver.script.engine("beta", default=[do.read(THEIRS), failure])
    start(driver, tmp_path)
    view = compared(driver)
    view.ask_wanted.emit("beta")
    driver.wait(lambda: "It took too long." in view.bar.choice.toolTip())
    driver.wait(lambda: view.text is not None)
    assert view.pairs.rows[0].second.text_shown == THEIRS
