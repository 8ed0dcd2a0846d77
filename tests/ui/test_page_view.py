from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem, QToolTip
from pytestqt.qtbot import QtBot

from doubles.sample_pages import (
    HEIGHT,
    WIDTH,
    sample_image,
    sample_line,
    sample_record,
    warned_record,
)
from textlift.content.attempt import Attempt, FailureKind
from textlift.content.block import Line
from textlift.content.geometry import Box
from textlift.content.page import PageRecord, PageState
from textlift.ui.line_overlay import LineOverlay
from textlift.ui.page_view import PageView
from textlift.ui.theme import colours


@pytest.fixture
def view(qtbot: QtBot) -> PageView:
    view = PageView()
    qtbot.addWidget(view)
    view.resize(500, 600)
    view.show()
    return view


def _spot(view: PageView, x: float, y: float) -> QPoint:
    """Where a point of the page is on the viewport."""
    return view.mapFromScene(QPointF(x, y))


def _middle_of(line: Line) -> tuple[float, float]:
    assert line.box is not None
    return line.box.center


def _click(view: PageView, x: float, y: float) -> None:
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=_spot(view, x, y))


def _turned(record: PageRecord, degrees: int) -> PageRecord:
    assert record.reading is not None
    reading = msgspec.structs.replace(record.reading, rotation=degrees)
    return msgspec.structs.replace(record, reading=reading)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_click_on_a_line_tells_which(qtbot: QtBot, view: PageView, degrees: int):
    view.show_page(sample_image(), _turned(sample_record(), degrees))
    with qtbot.waitSignal(view.line_clicked) as clicked:
        _click(view, *_middle_of(sample_line(3)))
    assert clicked.args == [3]


def test_a_click_beside_the_lines_tells_nothing(qtbot: QtBot, view: PageView):
    view.show_page(sample_image(), sample_record())
    with qtbot.assertNotEmitted(view.line_clicked):
        _click(view, 50, 50)


def test_lines_are_placed_by_the_record_when_the_picture_is_smaller(qtbot: QtBot, view: PageView):
    view.show_page(sample_image(WIDTH // 4, HEIGHT // 4), sample_record())
    with qtbot.waitSignal(view.line_clicked) as clicked:
        _click(view, *_middle_of(sample_line(1)))
    assert clicked.args == [1]
    assert view.sceneRect().width() >= WIDTH


def test_dragging_moves_the_page_and_clicks_nothing(qtbot: QtBot, view: PageView):
    view.show_page(sample_image(), sample_record())
    view.set_zoom(2.0)
    view.select_line(0)
    start = _spot(view, *_middle_of(sample_line(0)))
    before = view.mapToScene(start)
    with qtbot.assertNotEmitted(view.line_clicked):
        QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(view.viewport(), start - QPoint(30, 40))
        QTest.mouseMove(view.viewport(), start - QPoint(60, 80))
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start - QPoint(60, 80))
    held = view.mapToScene(start - QPoint(60, 80))
    assert (held - before).manhattanLength() < 3


def test_fit_page_shows_all_of_it_and_stays_so(view: PageView):
    view.show_page(sample_image(), sample_record())
    for size in ((500, 600), (300, 800), (900, 350)):
        view.resize(*size)
        view.fit_page()
        assert not view.horizontalScrollBar().isVisible()
        assert not view.verticalScrollBar().isVisible()
    view.resize(640, 480)
    page = view.mapFromScene(0, 0, WIDTH, HEIGHT).boundingRect()
    assert view.viewport().rect().contains(page)
    assert page.height() > view.viewport().height() * 0.85


@pytest.mark.parametrize("degrees", [0, 90])
def test_fit_width_fills_the_width_without_a_scroll_bar(view: PageView, degrees: int):
    view.show_page(sample_image(), _turned(sample_record(), degrees))
    view.fit_width()
    for size in ((500, 600), (333, 901), (800, 300)):
        view.resize(*size)
        page = view.mapFromScene(0, 0, WIDTH, HEIGHT).boundingRect()
        assert page.width() > view.viewport().width() * 0.85
        assert view.horizontalScrollBar().maximum() == view.horizontalScrollBar().minimum()


def test_actual_size_is_pixel_for_pixel(view: PageView):
    view.show_page(sample_image(), sample_record())
    view.actual_size()
    assert view.zoom == 1.0
    assert view.transform().m11() * view.devicePixelRatioF() == 1.0


def test_zooming_with_the_wheel_keeps_the_point_under_the_pointer(qtbot: QtBot, view: PageView):
    view.show_page(sample_image(), sample_record())
    view.set_zoom(1.5)
    pointer = QPointF(200, 260)
    before = view.mapToScene(pointer.toPoint())
    with qtbot.waitSignal(view.zoom_changed) as zoomed:
        _wheel(view, pointer, 120, Qt.KeyboardModifier.ControlModifier)
    assert zoomed.args is not None
    assert zoomed.args[0] == view.zoom > 1.5
    after = view.mapToScene(pointer.toPoint())
    assert (after - before).manhattanLength() < 2
    _wheel(view, pointer, -120, Qt.KeyboardModifier.ControlModifier)
    assert view.zoom == pytest.approx(1.5)


def test_the_wheel_alone_scrolls(view: PageView):
    view.show_page(sample_image(), sample_record())
    view.set_zoom(2.0)
    top = view.verticalScrollBar().value()
    _wheel(view, QPointF(100, 100), -120, Qt.KeyboardModifier.NoModifier)
    assert view.verticalScrollBar().value() > top
    assert view.zoom == 2.0


def test_scrolling_paints_only_what_comes_into_view(qtbot: QtBot, view: PageView):
    view.show_page(sample_image(), sample_record())
    view.set_zoom(4.0)
    painted = _PaintedHeights()
    view.viewport().installEventFilter(painted)

    def a_step_paints_little() -> bool:
        # The first steps may coincide with painting the whole page for other reasons.
        painted.heights.clear()
        view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 12)
        QApplication.processEvents()
        return 0 < sum(painted.heights) < view.viewport().height() / 4

    qtbot.waitUntil(a_step_paints_little, timeout=1500)


def test_the_frame_tells_who_has_the_keyboard(qtbot: QtBot, view: PageView):
    view.clearFocus()
    before = view.grab().toImage().pixelColor(0, 300)
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    after = view.grab().toImage().pixelColor(0, 300)
    assert (before.name(), after.name()) == (colours().desk, colours().accent)


def test_zoom_has_limits(view: PageView):
    view.show_page(sample_image(), sample_record())
    for _ in range(60):
        view.zoom_in()
    assert view.zoom == 16.0
    for _ in range(80):
        view.zoom_out()
    assert view.zoom == pytest.approx(0.02)


def test_keys_zoom_pan_and_fit(view: PageView):
    view.show_page(sample_image(), sample_record())
    fitted = view.zoom
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == pytest.approx(fitted * 1.25)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom == pytest.approx(fitted)
    view.set_zoom(2.0)
    top = view.verticalScrollBar().value()
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.verticalScrollBar().value() > top
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == pytest.approx(fitted)


def test_keys_go_from_line_to_line(qtbot: QtBot, view: PageView):
    view.show_page(sample_image(), sample_record())
    clicked: list[int] = []
    view.line_clicked.connect(clicked.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(view, key, Qt.KeyboardModifier.ControlModifier)
    assert clicked == [0, 1, 0]
    assert "Line 1: line 0" in view.accessibleDescription()


def test_a_page_read_as_turned_is_shown_upright_without_a_word(qtbot: QtBot, view: PageView):
    with qtbot.assertNotEmitted(view.rotation_changed):
        view.show_page(sample_image(), _turned(sample_record(), 90))
    assert view.rotation == 90
    top_left = view.mapFromScene(0, 0)
    bottom_left = view.mapFromScene(0, HEIGHT)
    assert top_left.x() > bottom_left.x()
    assert abs(top_left.y() - bottom_left.y()) <= 1


def test_what_the_user_turned_wins(view: PageView):
    record = msgspec.structs.replace(_turned(sample_record(), 90), rotation=180)
    view.show_page(sample_image(), record)
    assert view.rotation == 180


def test_turning_is_told_and_kept_for_the_page(qtbot: QtBot, view: PageView):
    image, record = sample_image(), sample_record()
    view.show_page(image, record)
    with qtbot.waitSignal(view.rotation_changed) as turned:
        view.turn(-90)
    assert turned.args == [270]
    view.show_page(image, _turned(record, 180))
    assert view.rotation == 270
    view.show_page(sample_image(), msgspec.structs.replace(record, number=2))
    assert view.rotation == 0


def test_a_page_shown_again_stays_where_it_was(view: PageView):
    image, record = sample_image(), sample_record()
    view.show_page(image, record)
    view.set_zoom(3.0)
    view.select_line(4)
    place = (view.horizontalScrollBar().value(), view.verticalScrollBar().value())
    view.show_page(image, msgspec.structs.replace(record, state=PageState.WARNED))
    assert view.zoom == 3.0
    assert (view.horizontalScrollBar().value(), view.verticalScrollBar().value()) == place
    view.show_page(sample_image(), msgspec.structs.replace(record, number=2))
    assert view.verticalScrollBar().value() == view.verticalScrollBar().minimum()


def test_a_selected_line_is_brought_into_view(view: PageView):
    view.show_page(sample_image(), sample_record(20))
    view.set_zoom(3.0)
    view.verticalScrollBar().setValue(view.verticalScrollBar().minimum())
    view.select_line(19)
    spot = _spot(view, 110, _middle_of(sample_line(19))[1])
    assert 0 <= spot.y() <= view.viewport().height()
    view.select_line(None)
    view.select_line(99)


def test_lines_appear_while_the_page_is_read(qtbot: QtBot, view: PageView):
    view.show_page(sample_image(), PageRecord(number=1, width=WIDTH, height=HEIGHT), "Reading…")
    places = tuple(sample_line(number, text="", score=None) for number in range(3))
    view.set_lines((*places, sample_line(1)))
    with qtbot.waitSignal(view.line_clicked) as clicked:
        _click(view, *_middle_of(sample_line(1)))
    assert clicked.args == [3]
    with qtbot.waitSignal(view.line_clicked) as clicked:
        _click(view, *_middle_of(sample_line(2)))
    assert clicked.args == [2]


def test_lines_are_drawn_and_the_selected_one_strongly(view: PageView):
    record = sample_record()
    view.show_page(sample_image(), msgspec.structs.replace(record, reading=None))
    bare = view.grab().toImage()
    view.show_page(sample_image(), record)
    drawn = view.grab().toImage()
    view.select_line(2)
    selected = view.grab().toImage()
    x, y = _middle_of(sample_line(2))
    spot = view.viewport().mapTo(view, _spot(view, x, y))
    lightness = [image.pixelColor(spot).lightness() for image in (bare, drawn, selected)]
    assert lightness[0] > lightness[1] > lightness[2]


def _many(count: int) -> PageRecord:
    """A page with so many lines, of which every third is uncertain and every fifth slanted."""
    record = sample_record()
    assert record.reading is not None
    step = HEIGHT / (count + 1)
    lines = []
    for number in range(count):
        box = Box(100, step * number, 700, step * (number + 0.8))
        corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
        quad = corners if number % 5 == 0 else None
        lines.append(Line("a", box=box, quad=quad, score=0.4 if number % 3 == 0 else 0.9))
    block = msgspec.structs.replace(record.reading.blocks[0], lines=tuple(lines))
    reading = msgspec.structs.replace(record.reading, blocks=(block,), warnings=())
    return msgspec.structs.replace(record, reading=reading)


class _CountingPainter(QPainter):
    """Counts what it is asked to draw."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.asked: list[str] = []

    def __getattribute__(self, name: str) -> object:
        if name.startswith(("draw", "fill")):
            self.asked.append(name)
        return super().__getattribute__(name)


@pytest.mark.parametrize("read", [True, False])
def test_many_lines_are_drawn_with_few_calls(view: PageView, read: bool):
    counts = []
    for count in (30, 600):
        record = _many(count)
        assert record.reading is not None
        lines = record.reading.lines
        view.show_page(sample_image(), record)
        if not read:
            view.set_lines(tuple(msgspec.structs.replace(line, text="") for line in lines))
        image = QImage(100, 100, QImage.Format.Format_RGB32)
        option = QStyleOptionGraphicsItem()
        option.exposedRect = view._overlay.boundingRect()
        painter = _CountingPainter(image)
        view._overlay.paint(painter, option)
        painter.end()
        counts.append(len(painter.asked))
    assert counts[1] < 40


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How high each part was that lines were drawn in; for views that are made afterwards."""
    heights: list[float] = []
    paint = LineOverlay.paint

    def noting(overlay: LineOverlay, painter: QPainter, option: QStyleOptionGraphicsItem, *_):
        heights.append(option.exposedRect.height())
        paint(overlay, painter, option)

    monkeypatch.setattr(LineOverlay, "paint", noting)
    return heights


@pytest.fixture
def crowded(qtbot: QtBot, drawn: list[float]) -> PageView:
    """Shows a page with 200 lines, the line 39 selected, and nothing to draw any more."""
    view = PageView()
    qtbot.addWidget(view)
    view.resize(500, 600)
    view.show()
    view.show_page(sample_image(), _many(200))
    qtbot.waitUntil(lambda: bool(drawn))
    # The view draws all of it once more, with the first line.
    view.select_line(39)
    qtbot.waitUntil(lambda: len(drawn) > 1)
    drawn.clear()
    return view


def test_what_stands_out_is_drawn_anew_alone(crowded: PageView, drawn: list[float]):
    for index in (40, 41):
        crowded.select_line(index)
        QApplication.processEvents()
    crowded.select_warning(None)
    crowded.show_box(Box(100, 500, 300, 520))
    QApplication.processEvents()
    crowded.show_box(None)
    QApplication.processEvents()
    assert len(drawn) == 4
    assert max(drawn) < HEIGHT / 4


def test_lines_that_come_while_a_page_is_read_are_drawn_alone(
    crowded: PageView, drawn: list[float]
):
    record = _many(200)
    assert record.reading is not None
    lines = record.reading.lines
    places = tuple(msgspec.structs.replace(line, text="") for line in lines)
    crowded.set_lines(places)
    QApplication.processEvents()
    assert max(drawn) > HEIGHT / 2
    drawn.clear()
    crowded.set_lines((*places, *lines[50:55]), writing=56)
    QApplication.processEvents()
    crowded.set_lines((*places, *lines[50:60]), writing=61)
    QApplication.processEvents()
    assert len(drawn) == 2
    assert max(drawn) < HEIGHT / 4


@pytest.mark.qt_log_ignore("does not support raise")
def test_warnings_have_a_place_and_a_tip(view: PageView):
    view.show_page(sample_image(), warned_record())
    spot = _spot(view, 200, 730)
    event = QHelpEvent(QEvent.Type.ToolTip, spot, view.viewport().mapToGlobal(spot))
    QApplication.sendEvent(view.viewport(), event)
    assert QToolTip.text() == (
        "2. Missed: the page has text here that was not read.\nText was missed here."
    )
    QToolTip.hideText()
    color = view.grab().toImage().pixelColor(view.viewport().mapTo(view, spot))
    assert color.red() > color.blue() + 20


@pytest.mark.qt_log_ignore("does not support raise")
def test_a_line_read_with_doubt_says_so(view: PageView):
    record = sample_record()
    assert record.reading is not None
    block = record.reading.blocks[0]
    lines = (sample_line(0, score=0.41), *block.lines[1:])
    reading = msgspec.structs.replace(
        record.reading, blocks=(msgspec.structs.replace(block, lines=lines),)
    )
    view.show_page(sample_image(), msgspec.structs.replace(record, reading=reading))
    spot = _spot(view, *_middle_of(sample_line(0)))
    event = QHelpEvent(QEvent.Type.ToolTip, spot, view.viewport().mapToGlobal(spot))
    QApplication.sendEvent(view.viewport(), event)
    assert "41%" in QToolTip.text()
    QToolTip.hideText()


def test_a_place_can_be_shown(view: PageView):
    view.show_page(sample_image(), warned_record())
    view.set_zoom(4.0)
    view.show_box(Box(100, 900, 300, 940))
    assert view.viewport().rect().contains(_spot(view, 200, 920))
    view.show_box(None)


@pytest.mark.parametrize(
    ("record", "message", "expected"),
    [
        (None, "", "Choose a page to see it here."),
        (None, "Opening…", "Opening…"),
        (PageRecord(number=4), "", "Page 4 is being opened…"),
        (
            PageRecord(
                number=4,
                state=PageState.FAILED,
                attempts=(Attempt("", "", 0.0, 0.1, FailureKind.DOCUMENT, "The file is gone."),),
            ),
            "",
            "The file is gone.",
        ),
    ],
)
def test_without_a_picture_a_sentence(
    view: PageView, record: PageRecord | None, message: str, expected: str
):
    view.show_page(sample_image(), sample_record())
    view.show_page(None, record, message)
    assert view.accessibleDescription() == expected
    assert not view.has_page
    view.zoom_in()
    view.turn(90)
    view.fit_width()
    view.select_line(1)
    view.set_lines((sample_line(0),))
    view.grab()
    assert view.rotation == 0


def test_a_message_can_stand_on_the_page(view: PageView):
    view.show_page(sample_image(), sample_record(), "Reading…")
    assert [label.text() for label in view.viewport().children() if label.isVisible()] == [
        "Reading…"
    ]
    view.show_page(sample_image(), sample_record())
    assert not any(label.isVisible() for label in view.viewport().children())


def test_drops_are_left_to_the_window(view: PageView):
    assert not view.acceptDrops()
    assert not view.viewport().acceptDrops()


def test_has_a_name_for_those_who_cannot_see_it(view: PageView):
    view.show_page(sample_image(), sample_record())
    assert view.accessibleName() == "Page"
    assert "5 lines" in view.accessibleDescription()
    assert view.focusPolicy() == Qt.FocusPolicy.StrongFocus


class _PaintedHeights(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.heights: list[int] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QPaintEvent):
            self.heights.append(event.region().boundingRect().height())
        return False


def _wheel(view: PageView, at: QPointF, turn: int, modifiers: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        at,
        QPointF(view.viewport().mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - positional only
    )
    QApplication.sendEvent(view.viewport(), event)
