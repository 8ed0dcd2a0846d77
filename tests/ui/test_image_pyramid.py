from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from pytestqt.qtbot import QtBot

from textlift.ui import image_pyramid
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
    assert [(level.image.width(), level.image.height()) for level in pyramid.levels[1:]] == [
        (1000, 1501),
        (500, 750),
        (250, 375),
    ]
    half = pyramid.levels[1].image
    for x, y in ((0, 0), (500, 700), (999, 1500), (3, 1499)):
        assert 100 <= QColor(half.pixel(x, y)).lightness() <= 156


def test_a_small_picture_needs_no_levels(qtbot: QtBot):
    pyramid = ImagePyramid(_striped(300, 400, QImage.Format.Format_RGB32))
    qtbot.wait(20)
    assert len(pyramid.levels) == 1


def test_the_level_drawn_is_never_enlarged(qtbot: QtBot):
    pyramid = ImagePyramid(_striped(3000, 2000, QImage.Format.Format_RGB32))
    qtbot.waitUntil(lambda: len(pyramid.levels) == 4)
    widths = {
        scale: pyramid.level_for(scale).image.width() for scale in (4, 1, 0.6, 0.5, 0.3, 0.01)
    }
    assert widths == {4: 3000, 1: 3000, 0.6: 3000, 0.5: 1500, 0.3: 1500, 0.01: 375}


def test_until_a_level_is_there_the_next_larger_one_serves(qtbot: QtBot):
    pyramid = ImagePyramid(_striped(3000, 2000, QImage.Format.Format_RGB32))
    assert pyramid.level_for(0.1).image.width() == 3000
    pyramid.stop()
    qtbot.wait(20)
    assert [level.image.isNull() for level in pyramid.levels] == [True]


@pytest.mark.parametrize(
    "image_format", [QImage.Format.Format_RGB32, QImage.Format.Format_Grayscale8]
)
def test_levels_are_turned_and_turned_back(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, image_format: QImage.Format
):
    monkeypatch.setattr(image_pyramid, "_STRIP_PIXELS", 50_000)
    pyramid = ImagePyramid(_striped(1501, 900, image_format))
    qtbot.waitUntil(lambda: len(pyramid.levels) == 3)
    before = [level.image for level in pyramid.levels]
    pyramid.lay(sideways=True)
    assert not pyramid.lies_well
    qtbot.waitUntil(lambda: pyramid.lies_well)
    assert all(level.is_sideways for level in pyramid.levels)
    quarter = QTransform().rotate(90)
    assert [level.image for level in pyramid.levels] == [one.transformed(quarter) for one in before]
    pyramid.lay(sideways=False)
    qtbot.waitUntil(lambda: pyramid.lies_well)
    assert [level.image for level in pyramid.levels] == before


def test_a_turn_is_given_up_when_the_page_is_turned_back(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(image_pyramid, "_STRIP_PIXELS", 10_000)
    image = _striped(1501, 900, QImage.Format.Format_RGB32)
    pyramid = ImagePyramid(image)
    ready = []
    pyramid.level_ready.connect(lambda: ready.append([one.is_sideways for one in pyramid.levels]))
    pyramid.lay(sideways=True)
    qtbot.waitUntil(lambda: [False, True, True] in ready)
    pyramid.lay(sideways=False)
    qtbot.waitUntil(lambda: pyramid.lies_well)
    assert pyramid.levels[0].image == image
    assert len(pyramid.levels) == 3
