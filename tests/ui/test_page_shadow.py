from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from textlift.ui.page_shadow import REACH, PageShadow

SHADOW = QColor(0, 0, 0, 40)
VIEW = QRect(0, 0, 120, 160)
PAGE = QRectF(30, 30, 60, 90)


def canvas(ratio: float = 1.0) -> QImage:
    image = QImage(VIEW.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.white)
    return image


def painted(page: QRectF, *, ratio: float = 1.0) -> QImage:
    image = canvas(ratio)
    painter = QPainter(image)
    PageShadow(SHADOW).paint(painter, page, seen=VIEW)
    painter.fillRect(page, Qt.GlobalColor.white)
    painter.end()
    return image


def drawn_at_full_size(page: QRectF, *, ratio: float = 1.0) -> QImage:
    """The same shadow, without the picture that is kept of it, and a white page on it."""
    image = canvas(ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(SHADOW)
    for spread in range(1, REACH, 2):
        painter.drawRoundedRect(
            page.adjusted(-spread, 2 - spread, spread, 2 + spread), spread, spread
        )
    painter.fillRect(page, Qt.GlobalColor.white)
    painter.end()
    return image


def greatest_difference(one: QImage, other: QImage) -> int:
    return max(
        abs(one.pixelColor(x, y).red() - other.pixelColor(x, y).red())
        for x in range(one.width())
        for y in range(one.height())
    )


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_it_looks_as_if_it_had_been_drawn_at_the_size_of_the_page(qapp, ratio):
    expected = drawn_at_full_size(PAGE, ratio=ratio)
    assert greatest_difference(canvas(ratio), expected) > 50
    assert greatest_difference(painted(PAGE, ratio=ratio), expected) <= 3


def test_a_page_that_fills_the_view_hides_it(qapp):
    page = QRectF(VIEW).adjusted(-50, -50, 50, 50)
    assert painted(page) == canvas()


def test_it_is_made_anew_for_a_screen_with_other_pixels(qapp):
    shadow = PageShadow(SHADOW)
    for ratio in (1.0, 2.0):
        image = canvas(ratio)
        painter = QPainter(image)
        shadow.paint(painter, PAGE, seen=VIEW)
        painter.fillRect(PAGE, Qt.GlobalColor.white)
        painter.end()
        assert image == painted(PAGE, ratio=ratio)
