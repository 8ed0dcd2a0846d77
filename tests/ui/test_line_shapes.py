from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from textlift.content.geometry import Box
from textlift.ui.line_shapes import area_and_frame

SLANTED = ((20.0, 10.0), (80.0, 30.0), (76.0, 42.0), (16.0, 22.0))


def covers(path: QPainterPath, x: float, y: float) -> bool:
    return path.contains(QPointF(x, y))


def test_a_frame_lies_inside_along_the_sides() -> None:
    area, frame = area_and_frame([Box(10, 10, 50, 20)], air=2, thickness=1)
    assert area.boundingRect() == frame.boundingRect()
    assert (area.boundingRect().left(), area.boundingRect().bottom()) == (8, 22)
    assert covers(area, 30, 15)
    assert not covers(frame, 30, 15)
    for x, y in ((8.5, 15), (51.5, 15), (30, 8.5), (30, 21.5)):
        assert covers(frame, x, y)
        assert covers(area, x, y)


def test_a_line_that_is_thinner_than_its_frame_is_all_frame() -> None:
    _, frame = area_and_frame([Box(10, 10, 50, 11)], air=0, thickness=1)
    assert covers(frame, 30, 10.5)


def test_slanted_lines_have_slanted_frames() -> None:
    area, frame = area_and_frame([SLANTED], air=5, thickness=1)
    assert covers(area, 48, 26)
    assert not covers(frame, 48, 26)
    assert covers(frame, 50.2, 20.5)
    assert not covers(area, 20, 38)
    point = ((5.0, 5.0),) * 4
    assert area_and_frame([point], air=0, thickness=1)[0].boundingRect().isEmpty()


def test_frames_that_cross_do_not_wipe_each_other_out() -> None:
    crossing = [Box(10, 10, 50, 20), Box(40, 15, 90, 25)]
    area, frame = area_and_frame(crossing, air=0, thickness=1)
    for x, y in ((49.5, 17), (40.5, 18), (40.5, 15.5), (45, 15.5), (45, 19.5)):
        assert covers(frame, x, y)
    assert covers(area, 45, 17)
    assert not covers(frame, 45, 17.5)


def test_a_frame_is_a_pixel_wide_wherever_it_lies() -> None:
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    for shift in (0.0, 0.3, 0.5, 0.9):
        image.fill(QColor("white"))
        painter = QPainter(image)
        boxes = [Box(5 + shift, 5 + shift, 30 + shift, 30 + shift)]
        painter.fillPath(area_and_frame(boxes, air=0, thickness=1)[1], QColor("black"))
        painter.end()
        row = [image.pixelColor(x, 18).lightness() for x in range(40)]
        column = [image.pixelColor(18, y).lightness() for y in range(40)]
        assert (row.count(0), column.count(0)) == (2, 2)
