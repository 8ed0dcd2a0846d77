"""A large view of a page is drawn quickly at first, and then smoothly, a part at a time."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QPaintEvent, QRegion
from pytestqt.qtbot import QtBot

from doubles.sample_pages import sample_image, sample_record
from textlift.ui import page_sharpening
from textlift.ui.page_picture import PagePicture
from textlift.ui.page_view import PageView

_AT_ONCE = 20_000


class NotingView(PageView):
    """Writes down how many pixels of the page were drawn at a time, and whether quickly."""

    def __init__(self) -> None:
        self.drawn: list[tuple[int, bool]] = []
        super().__init__()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        page = self.viewportTransform().mapRect(self.page_rect).toAlignedRect()
        region = event.region().intersected(page & self.viewport().rect())
        pixels = sum(part.width() * part.height() for part in region)
        self.drawn.append((pixels, self._picture.is_quick))


@pytest.fixture
def view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> NotingView:
    monkeypatch.setattr(page_sharpening, "_AT_ONCE", _AT_ONCE)
    monkeypatch.setattr(page_sharpening, "_AT_ONCE_ACROSS", _AT_ONCE // 4)
    view = NotingView()
    qtbot.addWidget(view)
    view.resize(400, 500)
    view.show()
    return view


def _settled(qtbot: QtBot, view: NotingView) -> None:
    qtbot.waitUntil(lambda: any(is_quick for _, is_quick in view.drawn))
    qtbot.waitUntil(lambda: not view._sharpening.waiting)


def _seen(view: NotingView) -> int:
    """Pixels of the view where the page is."""
    page = view.viewportTransform().mapRect(view.page_rect).toAlignedRect()
    seen = page & view.viewport().rect()
    return seen.width() * seen.height()


@pytest.mark.parametrize("across", [False, True])
def test_all_that_was_drawn_quickly_is_drawn_smoothly_by_parts(
    qtbot: QtBot, view: NotingView, monkeypatch: pytest.MonkeyPatch, across: bool
):
    view.show_page(sample_image(), sample_record())
    if across:
        monkeypatch.setattr(PagePicture, "lies_well", property(lambda _: False))
        view.turn(90)
    _settled(qtbot, view)
    view.drawn.clear()
    view.zoom_in()
    qtbot.waitUntil(lambda: bool(view.drawn))
    assert view.drawn[0][1]
    _settled(qtbot, view)
    smooth = [pixels for pixels, is_quick in view.drawn if not is_quick]
    assert sum(smooth) >= _seen(view)
    assert max(smooth) <= (_AT_ONCE // 4 if across else _AT_ONCE)


def test_little_is_drawn_smoothly_at_once(qtbot: QtBot, view: NotingView):
    view.show_page(sample_image(), sample_record())
    _settled(qtbot, view)
    view.drawn.clear()
    view.viewport().update(QRect(150, 200, 40, 40))
    qtbot.waitUntil(lambda: bool(view.drawn))
    assert view.drawn == [(1600, False)]
    assert not view._sharpening.waiting


def test_parts_far_from_each_other_are_no_large_view(view: NotingView):
    view.show_page(sample_image(), sample_record())
    corners = QRegion(150, 10, 20, 20).united(QRegion(150, 450, 20, 20))
    page = QRect(0, 0, 400, 500)
    assert not view._sharpening.is_quick(corners, page, across=False)
    assert view._sharpening.is_quick(QRegion(page), page, across=False)
    assert not view._sharpening.is_quick(QRegion(page), QRect(0, 0, 10, 10), across=False)


def test_a_page_that_is_moved_meanwhile_is_drawn_smoothly_where_it_is_then(
    qtbot: QtBot, view: NotingView
):
    view.show_page(sample_image(), sample_record())
    view.actual_size()
    qtbot.waitUntil(lambda: view._sharpening.waiting)
    qtbot.waitUntil(lambda: any(not is_quick for _, is_quick in view.drawn))
    assert view._sharpening.waiting
    view.drawn.clear()
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 7)
    qtbot.waitUntil(lambda: not view._sharpening.waiting)
    assert sum(pixels for pixels, is_quick in view.drawn if not is_quick) >= _seen(view)
