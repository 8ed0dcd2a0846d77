"""Regions of a page, found without being read."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from textlift.content.block import BlockKind
from textlift.content.geometry import Box
from textlift.engines.pp_ocr.regions import Region, RegionFinder

_LEFT = (
    "The harbour was empty that morning and",
    "nobody had come down to see the boats",
    "which lay on the mud with their ropes",
    "hanging loose over the wall. Later the",
    "tide would lift them all again without",
)
_RIGHT = (
    "any noise, and the men would come back",
    "from the hill with baskets and lanterns",
    "to load what they had left in the store",
    "the night before. It was always so when",
    "the wind had turned to the north at dawn",
)


@pytest.fixture(scope="module")
def finder() -> RegionFinder:
    return RegionFinder(threads=2)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _lines(draw: ImageDraw.ImageDraw, lines: tuple[str, ...], x: int, y: int) -> None:
    for number, line in enumerate(lines):
        draw.text((x, y + 34 * number), line, font=_font(24), fill="black")


def _covers(region: Region, x: int, y: int) -> bool:
    return region.box.contains(x, y)


def test_a_heading_and_two_columns_are_found_in_reading_order(finder: RegionFinder) -> None:
    page = Image.new("RGB", (1060, 520), "white")
    draw = ImageDraw.Draw(page)
    draw.text((40, 30), "A Harbour at Dawn", font=_font(52), fill="black")
    _lines(draw, _LEFT, 40, 160)
    _lines(draw, _RIGHT, 560, 160)

    regions = finder.find(page)

    assert [region.kind for region in regions] == [
        BlockKind.HEADING,
        BlockKind.TEXT,
        BlockKind.TEXT,
    ]
    heading, left, right = regions
    assert _covers(heading, 100, 60)
    assert _covers(left, 60, 180)
    assert _covers(left, 60, 310)
    assert _covers(right, 600, 180)
    assert _covers(right, 600, 310)
    assert left.box.x1 < right.box.x0
    assert 20 <= left.line_height <= 40


def test_two_paragraphs_apart_are_two_regions(finder: RegionFinder) -> None:
    page = Image.new("RGB", (620, 620), "white")
    draw = ImageDraw.Draw(page)
    _lines(draw, _LEFT, 40, 40)
    _lines(draw, _RIGHT, 40, 340)

    first, second = finder.find(page)

    assert first.box.y1 < 300 < second.box.y0


def test_a_table_of_short_cells_is_read_across(finder: RegionFinder) -> None:
    page = Image.new("RGB", (900, 400), "white")
    draw = ImageDraw.Draw(page)
    for row, (item, price) in enumerate(
        [("Bread", "2.40"), ("Milk", "1.15"), ("Butter", "3.80"), ("Cheese", "5.60")]
    ):
        draw.text((60, 40 + 60 * row), item, font=_font(26), fill="black")
        draw.text((640, 40 + 60 * row), price, font=_font(26), fill="black")

    regions = finder.find(page)

    for region in regions:
        assert region.box.x0 < 200
        assert region.box.x1 > 600


def test_a_blank_page_has_none(finder: RegionFinder) -> None:
    assert finder.find(Image.new("RGB", (400, 300), "white")) == ()


def test_boxes_are_in_pixels_of_the_page(finder: RegionFinder) -> None:
    page = Image.new("RGB", (3000, 2000), "white")
    ImageDraw.Draw(page).text((1500, 1000), "Harbour", font=_font(90), fill="black")

    (region,) = finder.find(page)

    ink = Box(1500, 1020, 1840, 1100)
    assert region.box.intersection_area(ink) > 0.8 * ink.area
