"""Parts of the page: drawn, picked, and read by a model of choice."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication

from doubles import engine_script as do
from doubles.pages import make_image, make_pdf
from textlift.content.attempt import FailureKind
from textlift.content.geometry import Box
from textlift.engines.contract import Availability, ReadingMode
from textlift.ui.reader_thread import PageKey

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)

TEXT = ReadingMode(name="text", title="Text", returns="text")
PART = ReadingMode(name="part", title="Text inside a box", returns="text", needs_box=True)
TABLE = ReadingMode(
    name="table", title="The page is one table", returns="blocks", reads_pages=False
)
PLACES = ReadingMode(name="layout-only", title="Layout without text", returns="layout")


def read_page(driver, path: Path) -> PageKey:
    driver.start()
    driver.open(path)
    driver.wait_until_read()
    driver.wait(lambda: driver.window.page_view.has_page)
    driver.wait(lambda: driver.window.current.record and driver.window.current.record.reading)
    (document,) = driver.desktop.workspace
    return PageKey(document.id, 1)


def drag(qtbot, view, start: QPointF, end: QPointF, *, button=Qt.MouseButton.LeftButton) -> None:
    """Draws from one point of the page to another, with the mouse."""
    transform = view.viewportTransform()
    first, last = (transform.map(point).toPoint() for point in (start, end))
    viewport = view.viewport()
    qtbot.mousePress(viewport, button, pos=first)
    for part in (0.3, 0.7, 1.0):
        qtbot.mouseMove(viewport, first + (last - first) * part)
        # The offscreen platform tells no buttons with a move that was not a press.
    qtbot.mouseRelease(viewport, button, pos=last)


def close_to(box: Box, other: Box, tolerance: float) -> bool:
    return all(
        abs(getattr(box, side) - getattr(other, side)) <= tolerance
        for side in ("x0", "y0", "x1", "y1")
    )


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("zoom", [0.0, 2.5])
def test_a_box_is_drawn_on_the_page_however_it_is_shown(driver, tmp_path, qtbot, zoom, turn):
    driver.script.engine("alpha")
    read_page(driver, make_image(tmp_path / "a.png", 1))
    window = driver.window
    view = window.page_view
    view.turn(turn)
    want = Box(60, 80, 160, 140)
    if zoom:
        view.set_zoom(zoom)
        view.centerOn(QPointF(110, 110))
    drawn = []
    window_parts = driver.desktop.commands.parts
    window_parts.tool.drawn.connect(drawn.append)
    window.actions_["mark-part"].trigger()
    assert view.viewport().cursor().shape() is Qt.CursorShape.CrossCursor
    drag(qtbot, view, QPointF(160, 140), QPointF(60, 80))
    (box,) = drawn
    assert close_to(box, want, 1.5 / view.zoom + 0.5)
    assert not window_parts.tool.active
    assert not window.actions_["mark-part"].isChecked()
    driver.wait(window_parts.menu.isVisible)
    window_parts.menu.close()


def test_what_was_drawn_is_read_beside_the_page(driver, tmp_path, qtbot):
    driver.script.engine("alpha")
    driver.script.engine("beta", default=do.read("Only this part."))
    key = read_page(driver, make_image(tmp_path / "a.png", 1))
    window = driver.window
    parts = driver.desktop.commands.parts
    finished = []
    window.reading.opinions.finished.connect(lambda wish, opinion: finished.append((wish, opinion)))
    window.actions_["mark-part"].trigger()
    drag(qtbot, window.page_view, QPointF(20, 60), QPointF(200, 160))
    (beta,) = (one for one in parts.menu.actions() if one.text() == "Engine beta")
    beta.trigger()
    parts.menu.close()
    driver.wait(lambda: finished)
    ((wish, opinion),) = finished
    assert (wish.key, wish.engine, wish.box) == (key, "beta", opinion.box)
    assert opinion.reading.text == "Only this part."
    assert close_to(opinion.box, Box(20, 60, 200, 160), 3)
    driver.wait(lambda: not window.reading.active)
    assert window.text.current_text() == "Page 1 read by alpha."
    assert window.current.record.reading.read_by == "alpha"
    assert len(driver.script.told("alpha")) == 1


def test_escape_and_a_mere_click_draw_nothing(driver, tmp_path, qtbot):
    driver.script.engine("alpha")
    read_page(driver, make_image(tmp_path / "a.png", 1))
    window, parts = driver.window, driver.desktop.commands.parts
    drawn, clicked = [], []
    parts.tool.drawn.connect(drawn.append)
    window.page_view.line_clicked.connect(clicked.append)
    window.actions_["mark-part"].trigger()
    middle = window.page_view.viewport().rect().center()
    qtbot.mouseClick(window.page_view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert parts.tool.active
    qtbot.keyClick(window.page_view, Qt.Key.Key_Escape)
    assert not parts.tool.active
    assert not window.actions_["mark-part"].isChecked()
    assert (drawn, clicked) == ([], [])
    assert window.page_view.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor


def test_a_box_is_drawn_with_the_keyboard(driver, tmp_path, qtbot):
    driver.script.engine("alpha")
    read_page(driver, make_image(tmp_path / "a.png", 1))
    window, parts = driver.window, driver.desktop.commands.parts
    view = window.page_view
    drawn = []
    parts.tool.drawn.connect(drawn.append)
    window.actions_["mark-part"].trigger()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert not drawn
    qtbot.keyClick(view, Qt.Key.Key_Down)
    for _ in range(200):
        qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    (box,) = drawn
    assert box.x0 == 0
    assert 0 < box.width < 300
    parts.menu.close()


def test_the_tool_is_left_when_another_page_is_chosen(driver, tmp_path):
    driver.script.engine("alpha")
    read_page(driver, make_pdf(tmp_path / "scan.pdf", 2))
    window = driver.window
    window.actions_["mark-part"].trigger()
    window.actions_["next-page"].trigger()
    assert not driver.desktop.commands.parts.tool.active


def test_the_middle_button_still_moves_the_page(driver, tmp_path, qtbot):
    driver.script.engine("alpha")
    read_page(driver, make_image(tmp_path / "a.png", 1))
    window, parts = driver.window, driver.desktop.commands.parts
    drawn = []
    parts.tool.drawn.connect(drawn.append)
    window.page_view.set_zoom(6.0)
    window.actions_["mark-part"].trigger()
    before = window.page_view.verticalScrollBar().value()
    viewport = window.page_view.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.MiddleButton, pos=QPoint(100, 200))
    QApplication.sendEvent(viewport, _moved(viewport, QPoint(100, 100)))
    qtbot.mouseRelease(viewport, Qt.MouseButton.MiddleButton, pos=QPoint(100, 100))
    assert window.page_view.verticalScrollBar().value() == before + 100
    assert parts.tool.active
    assert not drawn
    parts.tool.leave()


def test_a_block_is_picked_by_its_context_menu(driver, tmp_path):
    driver.script.engine("alpha")
    driver.script.engine("beta", modes=(TEXT, PLACES, TABLE, PART))
    key = read_page(driver, make_image(tmp_path / "a.png", 1))
    window, parts = driver.window, driver.desktop.commands.parts
    block = window.current.record.reading.blocks[0]
    open_menu(window.page_view, QPointF(*block.box.center))
    driver.wait(parts.page_menu.isVisible)
    assert parts.block_menu.menuAction() in parts.page_menu.actions()
    (beta,) = (one for one in parts.block_menu.actions() if one.text() == "Engine beta")
    assert [one.text() for one in beta.menu().actions()] == [
        "Text inside a box",
        "Text",
        "The part is one table",
    ]
    asked = []
    parts.opinion_wanted.connect(lambda *wish: asked.append(wish))
    beta.menu().actions()[0].trigger()
    parts.page_menu.close()
    assert asked == [(key, "beta", "part", block.box)]
    driver.wait(lambda: driver.script.told("beta"))
    assert driver.script.told("beta")[0].box == block.box
    driver.wait(lambda: not window.reading.active)


def test_beside_the_blocks_the_context_menu_is_about_the_page(driver, tmp_path):
    driver.script.engine("alpha")
    read_page(driver, make_image(tmp_path / "a.png", 1))
    window, parts = driver.window, driver.desktop.commands.parts
    open_menu(window.page_view, QPointF(150, 300))
    driver.wait(parts.page_menu.isVisible)
    shown = parts.page_menu.actions()
    assert parts.block_menu.menuAction() not in shown
    assert window.actions_["mark-part"] in shown
    assert window.read_with_menu.menuAction() in shown
    parts.page_menu.close()


def test_models_that_are_not_ready_are_listed_with_the_reason(driver, tmp_path, qtbot):
    driver.script.engine("alpha")
    missing = Availability(ready=False, sentence="The program is not installed.", remedy="Get it.")
    driver.script.engine("beta", available=missing)
    read_page(driver, make_image(tmp_path / "a.png", 1))
    window = driver.window
    driver.wait(lambda: not window.models.items.model_row("beta").ready)
    for menu in (window.read_with_menu, window.read_document_with_menu):
        menu.aboutToShow.emit()
        ready, line, beta = menu.actions()
        assert (ready.text(), ready.isEnabled(), line.isSeparator()) == ("Engine alpha", True, True)
        assert beta.text().startswith("Engine beta: ")
        assert "not installed" in beta.toolTip()
        assert not beta.isEnabled()


# Reading again with another model


def again_with(menu, title: str) -> None:
    menu.aboutToShow.emit()
    (action,) = (one for one in menu.actions() if one.text() == title)
    action.trigger()


def test_several_pages_are_read_again_with_another_model(driver, tmp_path):
    driver.script.engine("alpha")
    driver.script.engine("beta", pages={2: do.fail(FailureKind.MALFORMED, "Broken.")})
    read_page(driver, make_pdf(tmp_path / "scan.pdf", 4))
    window = driver.window
    (document,) = driver.desktop.workspace
    rows = [window.model.index_of(PageKey(document.id, page)) for page in (2, 3)]
    window.tree.show_page(PageKey(document.id, 2))
    selection = window.tree.selectionModel()
    selection.select(rows[1], selection.SelectionFlag.Select | selection.SelectionFlag.Rows)
    window.page_menu.aboutToShow.emit()
    assert window.read_with_menu.title() == "Read 2 pages again &with"
    assert window.actions_["read-page"].text() == "Read 2 pages &again"
    assert window.actions_["read-document"].text() == "Read &document again"
    again_with(window.read_with_menu, "Engine beta")
    driver.wait(lambda: len(driver.script.told("beta")) == 2)
    driver.wait_until_read()
    assert [told.page for told in driver.script.told("beta")] == [2, 3]
    # The usual order comes after it.
    assert [told.page for told in driver.script.told("alpha")] == [1, 2, 3, 4, 2]
    assert window.models.chosen == "alpha"
    assert window.reading.first_model == "alpha"


def test_a_document_is_read_again_with_another_model_and_edits_are_asked_about(
    driver, tmp_path, qtbot
):
    driver.script.engine("alpha")
    driver.script.engine("beta")
    read_page(driver, make_pdf(tmp_path / "scan.pdf", 3))
    text = driver.window.text
    driver.wait(lambda: text.current_text() == "Page 1 read by alpha.")
    qtbot.keyClicks(text.editor, "My ")
    again_with(driver.window.read_document_with_menu, "Engine beta")
    driver.press("Leave those out")
    driver.wait(lambda: len(driver.script.told("beta")) == 2)
    driver.wait_until_read()
    assert [told.page for told in driver.script.told("beta")] == [2, 3]
    assert text.current_text() == "My Page 1 read by alpha."


def open_menu(view, point: QPointF) -> None:
    """As a click with the right button does."""
    where = view.viewportTransform().map(point).toPoint()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, where, view.viewport().mapToGlobal(where)
    )
    QApplication.sendEvent(view.viewport(), event)


def _moved(viewport, point: QPoint):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    place = QPointF(point)
    return QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        QPointF(viewport.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.MiddleButton,
        Qt.KeyboardModifier.NoModifier,
    )
