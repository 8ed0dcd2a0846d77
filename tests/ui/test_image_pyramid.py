from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from textlift.ui.image_pyramid import ImagePyramid


def _striped(width: int, height: int, image_format: QImage.Format) -> QImage:
    """One pixel black, one white: any picture of it at half the size is grey."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setPen(QColor("black"))
    for x in range(0, width, 2):
        painter.drawLine(x, 0, x, height)
    painter.end()
    return image.convertToFormat(image_format)


@pytest.mark.parametrize(
    "image_format", [QImage.Format.Format_RGB32, QImage.Format.Format_Grayscale8]
)
def test_smaller_levels_are_averages(qtbot: QtBot, image_format: QImage.Format):
    pyramid = ImagePyramid(_striped(2001, 3003, image_format))
    qtbot.waitUntil(lambda: len(pyramid.levels) == 4)
    assert [(level.width(), level.height()) for level in pyramid.levels[1:]] == [
        (1000, 1501),
        (500, 750),
        (250, 375),
    ]
    half = pyramid.levels[1]
    for x, y in ((0, 0), (500, 700), (999, 1500), (3, 1499)):
        assert 100 <= QColor(half.pixel(x, y)).lightness() <= 156


def test_a_small_picture_needs_no_levels(qtbot: QtBot):
    pyramid = ImagePyramid(_striped(300, 400, QImage.Format.Format_RGB32))
    qtbot.wait(20)
    assert len(pyramid.levels) == 1


def test_the_level_drawn_is_never_enlarged(qtbot: QtBot):
    pyramid = ImagePyramid(_striped(3000, 2000, QImage.Format.Format_RGB32))
    qtbot.waitUntil(lambda: len(pyramid.levels) == 4)
    widths = {scale: pyramid.level_for(scale).width() for scale in (4, 1, 0.6, 0.5, 0.3, 0.01)}
    assert widths == {4: 3000, 1: 3000, 0.6: 3000, 0.5: 1500, 0.3: 1500, 0.01: 375}


def test_until_a_level_is_there_the_next_larger_one_serves(qtbot: QtBot):
    pyramid = ImagePyramid(_striped(3000, 2000, QImage.Format.Format_RGB32))
    assert pyramid.level_for(0.1).width() == 3000
    pyramid.stop()
    qtbot.wait(20)
    assert [level.isNull() for level in pyramid.levels] == [True]
