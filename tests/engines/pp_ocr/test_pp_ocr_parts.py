"""Parts of pages, read by PP-OCRv6."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from engines.pp_ocr.conftest import ENGLISH, drawn, font
from textlift.content.geometry import Box
from textlift.engines.contract import ReadOptions
from textlift.engines.part_of_page import read_part
from textlift.processes.cancellation import Cancellation

ONLY = "Nothing but this line is wanted"


def read(engine, page, part, **options):
    return read_part(
        engine,
        page,
        ReadOptions(languages=("eng",), **options),
        part=part,
        on_progress=lambda _: None,
        cancellation=Cancellation(),
    )


def page_with(line: str) -> tuple[Image.Image, Box]:
    """A page of lines, and where one that is wanted stands between them."""
    image = drawn(ENGLISH + ("",) * 5 + ENGLISH)
    draw = ImageDraw.Draw(image)
    place = (60, 60 + 45 * 6)
    draw.text(place, line, font=font(28), fill="black")
    return image, Box(*draw.textbbox(place, line, font=font(28)))


def test_what_is_in_the_part_is_read_and_nothing_else(engine, page_of):
    image, place = page_with(ONLY)
    reading = read(engine, page_of(image), place)
    assert reading.text == ONLY
    (line,) = reading.lines
    assert line.box.intersection_area(place) > 0.8 * place.area
    assert line.box.area < 1.6 * place.area
    assert reading.box == place


def test_a_part_close_to_the_letters_cuts_none_of_them(engine, page_of):
    image, place = page_with(ONLY)
    tight = Box(place.x0 + 1, place.y0 + 2, place.x1 - 1, place.y1 - 2)
    assert read(engine, page_of(image), tight).text == ONLY


@pytest.mark.parametrize(
    ("turn", "transpose"), [(90, Image.Transpose.ROTATE_90), (180, Image.Transpose.ROTATE_180)]
)
def test_a_part_of_a_page_that_lies_on_its_side(engine, page_of, turn, transpose):
    image, place = page_with(ONLY)
    width, height = image.size
    turned = image.transpose(transpose)
    box = {
        90: Box(place.y0, width - place.x1, place.y1, width - place.x0),
        180: Box(width - place.x1, height - place.y1, width - place.x0, height - place.y0),
    }[turn]
    reading = read(engine, page_of(turned), box, rotation=turn)
    assert reading.text == ONLY
    assert reading.lines[0].box.intersection_area(box) > 0.8 * box.area


def test_one_word_is_read(engine, page_of):
    image, place = page_with("Invoice")
    assert read(engine, page_of(image), place).text == "Invoice"


def test_the_lines_found_are_told_where_they_are(engine, page_of):
    image, _ = page_with(ONLY)
    whole = Box(0, 0, image.width, image.height)
    reading = read(engine, page_of(image), whole)
    assert len(reading.lines) == 2 * len(ENGLISH) + 1
    assert reading.detected is not None
    for line in reading.detected:
        assert 55 < line.box.x0 < 65
