"""A page on its side looks the same once its picture has been turned in memory, too."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView
from pytestqt.qtbot import QtBot

from textlift.ui.page_picture import PagePicture


def _marked(width: int, height: int) -> QImage:
    """No two places look the same."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    w, h = width // 3, height // 4
    painter.fillRect(0, 0, w, h, QColor("red"))
    painter.fillRect(width - w, 0, w, h, QColor("green"))
    painter.fillRect(0, height - h, w, h, QColor("blue"))
    painter.fillRect(width // 2, height // 2, w // 2, h, QColor("black"))
    painter.end()
    return image


def _difference(a: QImage, b: QImage) -> int:
    """The greatest of a colour, 0 to 255; edges, which are interpolated, left out."""
    assert a.size() == b.size()
    worst = 0
    for y in range(0, a.height(), 5):
        for x in range(0, a.width(), 5):
            around = [
                (QColor(a.pixel(x, y)), QColor(b.pixel(min(max(x + dx, 0), a.width() - 1), y)))
                for dx in (-1, 0, 1)
            ]
            worst = max(
                worst,
                min(
                    max(
                        abs(one.red() - other.red()),
                        abs(one.green() - other.green()),
                        abs(one.blue() - other.blue()),
                    )
                    for one, other in around
                ),
            )
    return worst


@pytest.mark.parametrize("rotation", [90, 270])
def test_looks_the_same(qtbot: QtBot, rotation: int):
    scene, picture = QGraphicsScene(), PagePicture()
    picture.set_image(_marked(1500, 2100), QSizeF(750, 1050))
    scene.addItem(picture)
    view = QGraphicsView(scene)
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.rotate(rotation)
    view.scale(0.4, 0.4)
    view.show()
    qtbot.waitUntil(lambda: picture._pyramid is not None and len(picture._pyramid.levels) == 3)
    before = view.viewport().grab().toImage()
    picture.lay(sideways=True)
    assert not picture.lies_well
    qtbot.waitUntil(lambda: picture.lies_well)
    after = view.viewport().grab().toImage()
    assert _difference(before, after) < 32
    assert _difference(before, after.transformed(QTransform().scale(-1, 1))) > 200
