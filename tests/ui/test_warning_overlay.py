"""What is to be checked as it is drawn on a page: told apart without colour, at every zoom."""

from __future__ import annotations

from itertools import combinations

import msgspec
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from doubles.sample_pages import HEIGHT, WIDTH, sample_image, sample_record
from textlift.content.geometry import Box
from textlift.content.page import PageRecord
from textlift.content.reading import PageWarning, WarningKind
from textlift.ui.page_view import PageView
from textlift.ui.warning_looks import legend, warning_look, warning_tip
from textlift.ui.warning_overlay import WarningOverlay

PLACE = Box(300, 500, 500, 600)
PATTERNED = (
    WarningKind.MISSED,
    WarningKind.INVENTED,
    WarningKind.DIFFERS,
    WarningKind.ORDER,
    WarningKind.UNCERTAIN,
    WarningKind.LANGUAGE,
    WarningKind.UNCHECKED,
)


@pytest.fixture
def view(qtbot: QtBot) -> PageView:
    view = PageView()
    qtbot.addWidget(view)
    view.resize(900, 1100)
    view.show()
    return view


def warned(*warnings: PageWarning, ticked: tuple[int, ...] = ()) -> PageRecord:
    record = sample_record()
    assert record.reading is not None
    reading = msgspec.structs.replace(record.reading, blocks=(), warnings=warnings)
    return msgspec.structs.replace(record, reading=reading, ticked=ticked)


def warning(box: Box | None = PLACE, kind: WarningKind = WarningKind.MISSED) -> PageWarning:
    return PageWarning(kind, "Look here.", box)


def drawn(view: PageView, record: PageRecord) -> QImage:
    """The place of the warnings, on the screen pixel by pixel."""
    view.show_page(sample_image(), record)
    view.set_zoom(1.0)
    return crop(view, PLACE)


def crop(view: PageView, box: Box, air: int = 8) -> QImage:
    corner = view.viewport().mapTo(view, view.mapFromScene(box.x0, box.y0))
    width, height = round(box.width * view.zoom), round(box.height * view.zoom)
    return (
        view.grab()
        .toImage()
        .copy(corner.x() - air, corner.y() - air, width + 2 * air, height + 2 * air)
    )


def grey_pattern(image: QImage) -> frozenset[tuple[int, int]]:
    """Where it is darker than its ground, without any colour."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    values = {
        (x, y): grey.pixelColor(x, y).value()
        for x in range(grey.width())
        for y in range(grey.height())
    }
    inside = sorted(values[x, y] for x in range(30, 180) for y in range(30, 80))
    ground = inside[-len(inside) // 4]
    return frozenset(point for point, value in values.items() if value < ground - 8)


def flags(view: PageView) -> list[QRectF]:
    return [mark.flag for mark in view._warnings._marks(view.viewportTransform())]


def test_kinds_are_told_apart_without_colour(view: PageView):
    patterns = {kind: grey_pattern(drawn(view, warned(warning(kind=kind)))) for kind in PATTERNED}
    for one, other in combinations(PATTERNED, 2):
        different = patterns[one] ^ patterns[other]
        assert len(different) > 100, (one, other)


@pytest.mark.parametrize("kind", WarningKind)
def test_every_kind_has_a_look_that_can_be_read_on_paper(kind: WarningKind):
    look = warning_look(kind)
    assert look.word
    assert look.meaning
    assert contrast_with_white(look.colour) > 4.5


def test_ticked_off_is_faint_and_selected_is_strong(view: PageView):
    def ink(image: QImage) -> int:
        return sum(
            255 - image.pixelColor(x, y).lightness()
            for x in range(image.width())
            for y in range(image.height())
        )

    usual = ink(drawn(view, warned(warning())))
    ticked = ink(drawn(view, warned(warning(), ticked=(0,))))
    drawn(view, warned(warning()))
    view.select_warning(0)
    assert 0 < ticked < usual / 3
    assert ink(crop(view, PLACE)) > usual * 1.3


@pytest.mark.parametrize("zoom", [0.1, 0.35, 1.0, 4.0])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_frames_are_as_strong_and_flags_upright_at_every_zoom_and_turn(
    view: PageView, zoom: float, degrees: int
):
    plain = warning(kind=WarningKind.UNCHECKED)
    record = msgspec.structs.replace(warned(plain), rotation=degrees)
    view.show_page(sample_image(), record)
    assert view.rotation == degrees
    view.set_zoom(zoom)
    view.centerOn(QPointF(400, 550))
    (mark,) = view._warnings._marks(view.viewportTransform())
    assert mark.flag.width() > mark.flag.height()
    assert 14 <= mark.flag.height() <= 20
    assert min(mark.frame.width(), mark.frame.height()) >= 14
    image = view.grab().toImage()
    edge = view.viewport().mapTo(view, QPointF(mark.frame.left(), mark.frame.center().y()))
    across = (image.pixelColor(round(edge.x()) + step, round(edge.y())) for step in range(-6, 7))
    assert 2 <= sum(colour.lightness() < 180 for colour in across) <= 3


def test_flags_keep_off_each_other_and_on_the_page(view: PageView):
    boxes = [Box(60, top, 740, top + 20) for top in range(10, HEIGHT - 20, 40)]
    boxes.append(Box(0, 0, WIDTH, HEIGHT))
    view.show_page(sample_image(), warned(*map(warning, boxes)))
    for zoom in (0.5, 1.0, 2.0):
        view.set_zoom(zoom)
        found = flags(view)
        assert len(found) == len(boxes)
        for one, other in combinations(found, 2):
            assert not one.intersects(other)
        page = view.viewportTransform().mapRect(QRectF(0, 0, WIDTH, HEIGHT))
        assert all(page.adjusted(-17, -17, 17, 17).contains(flag) for flag in found)


def test_many_warnings_on_one_spot_are_all_to_be_reached(view: PageView):
    view.show_page(sample_image(), warned(*[warning()] * 3))
    view.set_zoom(1.0)
    found = {view._warnings.at(flag.center(), view.viewportTransform()) for flag in flags(view)}
    assert found == {0, 1, 2}


def test_a_small_frame_in_a_large_one_is_the_one_that_is_hit(view: PageView):
    around, small = Box(100, 100, 700, 900), Box(380, 540, 420, 560)
    view.show_page(sample_image(), warned(warning(small), warning(around)))
    assert view.warning_at(QPointF(400, 550)) == 0
    assert view.warning_at(QPointF(200, 200)) == 1
    assert view.warning_at(QPointF(50, 50)) is None


def test_a_warning_without_a_place_keeps_its_number_and_is_not_drawn(view: PageView):
    view.show_page(sample_image(), warned(warning(None), warning()))
    (mark,) = view._warnings._marks(view.viewportTransform())
    assert (mark.index, mark.words[0]) == (1, "2")
    view.select_warning(0)
    view.grab()
    assert "Warning 1: Look here." in view.accessibleDescription()


def test_scrolling_shows_what_painting_anew_does(view: PageView, qtbot: QtBot):
    """Patterns are painted strip by strip while scrolling, and must fit together."""
    view.resize(500, 400)
    view.show_page(sample_image(), warned(warning(kind=WarningKind.INVENTED)))
    view.set_zoom(2.0)
    view.verticalScrollBar().setValue(view.verticalScrollBar().minimum())
    for _ in range(12):
        view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 70)
        qtbot.wait(1)
    scrolled = view.grab().toImage()
    view.viewport().update()
    assert view.grab().toImage() == scrolled


def test_words_of_tooltips():
    overlay = WarningOverlay()
    assert overlay.place(0) is None
    one = warning(kind=WarningKind.INVENTED)
    assert warning_tip(3, one, ticked=True).splitlines() == [
        "3. Invented (ticked off): the text says more than the page has here.",
        "Look here.",
    ]
    assert legend((one, one, warning(None, WarningKind.MISSED))).splitlines() == [
        "Hatched frame: invented, the text says more than the page has here.",
        "A faint frame with a tick: ticked off.",
    ]
    assert legend((warning(None),)) == ""


def contrast_with_white(name: str) -> float:
    """By the Web Content Accessibility Guidelines 2.2."""
    parts = [int(name[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)
