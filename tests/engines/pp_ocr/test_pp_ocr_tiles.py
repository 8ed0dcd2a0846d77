"""Tiles of large pages, and the lines found in them put together again."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.content.geometry import Box, Quad, quad_box
from textlift.engines.pp_ocr.tiles import (
    LONG_SIDE,
    Tile,
    closer_scale,
    first_scale,
    join_tiles,
    tiles_of,
)


def quad(x0: float, y0: float, x1: float, y1: float) -> Quad:
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


@given(st.integers(1, 60_000), st.integers(1, 60_000))
def test_tiles_cover_the_page_and_stay_small(width: int, height: int):
    if width * height > 100_000_000:
        return
    scale = first_scale(width, height)
    tiles = tiles_of(width, height, scale)
    assert tiles[0].x0 == tiles[0].y0 == 0
    assert (tiles[-1].x1, tiles[-1].y1) == (width, height)
    for tile in tiles:
        assert (tile.x1 - tile.x0) * scale <= LONG_SIDE + 2
        assert (tile.y1 - tile.y0) * scale <= LONG_SIDE + 2
    columns = sorted({(tile.x0, tile.x1) for tile in tiles})
    rows = sorted({(tile.y0, tile.y1) for tile in tiles})
    for parts in (columns, rows):
        assert all(a[1] > b[0] for a, b in itertools.pairwise(parts))


def test_tall_screenshot_is_not_shrunk_to_nothing():
    assert first_scale(900, 40_000) > 0.6
    assert len(tiles_of(900, 40_000, first_scale(900, 40_000))) < 40


@pytest.mark.parametrize(("width", "height"), [(1654, 2339), (2339, 1654), (800, 600)])
def test_ordinary_pages_are_one_tile(width: int, height: int):
    assert len(tiles_of(width, height, first_scale(width, height))) == 1


def test_small_letters_are_looked_at_closer():
    assert closer_scale(0.2, 200, pixels=36_000_000) == 0.2
    assert 0.2 < closer_scale(0.2, 40, pixels=36_000_000) <= 1


def test_closer_look_is_bounded_on_a_huge_page():
    pixels = 400_000_000
    scale = closer_scale(0.06, 20, pixels=pixels)
    assert pixels * scale * scale <= 16_000_000 + 1


def test_line_cut_by_an_edge_is_one_line():
    left, right = Tile(0, 0, 1000, 60, 1.0), Tile(900, 0, 1900, 60, 1.0)
    found = [(left, [quad(100, 10, 1000, 50)]), (right, [quad(0, 10, 600, 50)])]
    assert [quad_box(q) for q in join_tiles(found)] == [Box(100, 10, 1500, 50)]


def test_line_found_twice_is_one_line():
    upper, lower = Tile(0, 0, 800, 1000, 1.0), Tile(0, 900, 800, 1900, 1.0)
    found = [(upper, [quad(50, 920, 700, 960)]), (lower, [quad(50, 20, 702, 60)])]
    assert len(join_tiles(found)) == 1


def test_half_a_line_gives_way_to_the_whole():
    upper, lower = Tile(0, 0, 800, 1000, 1.0), Tile(0, 900, 800, 1900, 1.0)
    found = [(upper, [quad(50, 970, 700, 1000)]), (lower, [quad(50, 70, 700, 110)])]
    assert [quad_box(q) for q in join_tiles(found)] == [Box(50, 970, 700, 1010)]


def test_neighbouring_lines_stay_apart():
    upper, lower = Tile(0, 0, 800, 1000, 1.0), Tile(0, 900, 800, 1900, 1.0)
    found = [(upper, [quad(50, 920, 700, 960)]), (lower, [quad(50, 62, 700, 102)])]
    assert len(join_tiles(found)) == 2


def skewed(x0: float, y0: float, length: float, *, slope: float, height: float = 30) -> Quad:
    x1, y1 = x0 + length, y0 + length * slope
    return ((x0, y0), (x1, y1), (x1, y1 + height), (x0, y0 + height))


def test_skewed_lines_of_one_tile_are_left_alone():
    lines = [skewed(50, 100 + 40 * i, 700, slope=0.08) for i in range(5)]
    assert join_tiles([(Tile(0, 0, 800, 1000, 1.0), lines)]) == lines


def test_skewed_lines_are_joined_with_their_own_other_halves():
    left = [skewed(50, 100 + 40 * i, 850, slope=0.05) for i in range(5)]
    right = [skewed(0, 100 + 40 * i + 0.05 * 750, 600, slope=0.05) for i in range(5)]
    found = [(Tile(0, 0, 900, 900, 1.0), left), (Tile(800, 0, 1700, 900, 1.0), right)]
    joined = join_tiles(found)
    assert [(q[0], q[1]) for q in joined] == [
        (a[0], (b[1][0] + 800, b[1][1])) for a, b in zip(left, right, strict=True)
    ]
