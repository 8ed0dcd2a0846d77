from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QTransform

from textlift.content.geometry import Box
from textlift.ui.line_shapes import LineShapes, Outline

SLANTED = ((20.0, 10.0), (80.0, 30.0), (76.0, 42.0), (16.0, 22.0))
SIDEWAYS = QTransform().rotate(90)


def shapes(*outlines: Outline, transform: QTransform | None = None, air: float = 0.0) -> LineShapes:
    return LineShapes(outlines, transform or QTransform(), air=air, thickness=1.0)


def _rect(box: Box) -> QRectF:
    return QRectF(box.x0, box.y0, box.width, box.height)


def covered(made: LineShapes, x: float, y: float) -> bool:
    point = QPointF(x, y)
    return any(path.contains(point) for path in made.areas) or any(
        rect.contains(point) for rect in made.high
    )


def framed(made: LineShapes, x: float, y: float) -> bool:
    point = QPointF(x, y)
    return any(path.contains(point) for path in made.frames) or any(
        rect.contains(point) for rect in made.high_sides
    )


def is_on_frame(made: LineShapes, x: float, y: float) -> bool:
    return framed(made, x, y) and covered(made, x, y)


@pytest.mark.parametrize("high", [False, True])
def test_a_frame_lies_inside_along_the_sides(high: bool) -> None:
    box = Box(10, 10, 20, 50) if high else Box(10, 10, 50, 20)
    made = shapes(box, air=2)
    middle, right, bottom = box.center, box.x1, box.y1
    assert covered(made, *middle)
    assert not framed(made, *middle)
    for x, y in ((8.5, middle[1]), (right + 1.5, middle[1]), (middle[0], 8.5)):
        assert is_on_frame(made, x, y)
    assert is_on_frame(made, middle[0], bottom + 1.5)
    assert not covered(made, middle[0], bottom + 2.5)


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("box", [Box(10, 10, 20, 50), Box(10, 10, 50, 20)])
def test_a_turned_page_has_turned_frames(degrees: int, box: Box) -> None:
    turn = QTransform().translate(100, 100).rotate(degrees).scale(2, 2)
    made = shapes(box, transform=turn, air=1)
    place = turn.mapRect(_rect(box))
    assert covered(made, place.center().x(), place.center().y())
    for point in (place.topLeft(), place.topRight(), place.bottomLeft(), place.bottomRight()):
        towards = place.center() - point
        corner = point - QPointF(0.5 if towards.x() > 0 else -0.5, 0.5 if towards.y() > 0 else -0.5)
        assert is_on_frame(made, corner.x(), corner.y())
    assert not framed(made, place.center().x(), place.center().y())


def test_a_line_that_is_thinner_than_its_frame_is_all_frame() -> None:
    assert is_on_frame(LineShapes([Box(10, 10, 50, 15)], QTransform(), air=0, thickness=3), 30, 12)


@pytest.mark.parametrize("area", [None, QColor("green")])
def test_a_line_too_low_for_a_frame_is_filled(area: QColor | None) -> None:
    low = Box(10, 10, 50, 13)
    made = shapes(low, air=2)
    assert not made.areas
    assert not made.frames
    assert [path.boundingRect() for path in made.low] == [_rect(low)]
    assert not shapes(low, transform=QTransform().scale(2, 2)).low
    image = QImage(60, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    made.fill(painter, area=area, frame=QBrush(QColor("red")))
    painter.end()
    assert image.pixelColor(30, 11) == QColor("green" if area is not None else "red")
    assert image.pixelColor(30, 14) == QColor("white")


def test_slanted_lines_have_slanted_frames() -> None:
    made = shapes(SLANTED, air=5)
    assert covered(made, 48, 26)
    assert not framed(made, 48, 26)
    assert is_on_frame(made, 50.2, 20.5)
    assert not covered(made, 20, 38)
    assert not covered(shapes(((5.0, 5.0),) * 4), 5, 5.5)


def test_frames_that_cross_do_not_wipe_each_other_out() -> None:
    made = shapes(Box(10, 10, 50, 20), Box(40, 15, 90, 25))
    for x, y in ((49.5, 17), (40.5, 18), (40.5, 15.5), (45, 15.5), (45, 19.5)):
        assert is_on_frame(made, x, y)
    assert covered(made, 45, 17)
    assert not framed(made, 45, 17.5)


@pytest.mark.parametrize("box", [Box(5, 5, 30, 29), Box(5, 5, 29, 30)])
def test_a_frame_is_a_pixel_wide_wherever_it_lies(box: Box) -> None:
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    for shift in (0.0, 0.3, 0.5, 0.9):
        image.fill(QColor("white"))
        painter = QPainter(image)
        moved = Box(box.x0 + shift, box.y0 + shift, box.x1 + shift, box.y1 + shift)
        shapes(moved).fill(painter, area=None, frame=QBrush(QColor("black")))
        painter.end()
        row = [image.pixelColor(x, 18).lightness() for x in range(40)]
        column = [image.pixelColor(18, y).lightness() for y in range(40)]
        assert (row.count(0), column.count(0)) == (2, 2)


def _table(columns: int, rows: int) -> list[Box]:
    return [
        Box(30 * column, 20 * row, 30 * column + 25, 20 * row + 12)
        for row in range(rows)
        for column in range(columns)
    ]


def test_what_lies_beside_each_other_is_not_in_one_path() -> None:
    made = shapes(*_table(40, 50))
    assert len(made.areas) == len(made.frames) == 40
    assert not made.high
    # Five lines to a rectangle, with the one that leads to its begin.
    assert {path.elementCount() for path in made.areas} == {5 * 50}
    made = shapes(*_table(1, 2000))
    assert len(made.areas) == 1


def test_lines_of_a_page_that_lies_on_its_side_are_in_no_path() -> None:
    made = shapes(*_table(1, 300), transform=SIDEWAYS)
    assert not made.areas
    assert len(made.high) == 300
    assert len(made.high_sides) == 4 * 300
