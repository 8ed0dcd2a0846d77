"""Making pages upright, and the way back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from doubles.printed_pages import ENGLISH, print_page
from textlift.content.attempt import FailureKind
from textlift.content.geometry import Box
from textlift.engines.contract import EngineError
from textlift.engines.tesseract.upright import (
    find_skew,
    load_page,
    make_upright,
    reading_scale,
)


@pytest.mark.parametrize("tilted", [-9.0, -2.0, 0.0, 1.0, 6.0])
def test_skew_is_found(tmp_path: Path, tilted: float) -> None:
    page = print_page(tmp_path / "page.png", ENGLISH * 3, tilted=tilted)
    assert find_skew(load_page(page.path)) == pytest.approx(tilted, abs=0.3)


def test_a_page_without_lines_has_no_skew() -> None:
    blank = np.full((400, 300), 255, np.uint8)
    noise = np.random.default_rng(1).integers(0, 255, (400, 300), np.uint8)
    assert find_skew(blank) == 0.0
    assert find_skew(noise) == 0.0
    assert find_skew(np.full((1, 2000), 255, np.uint8)) == 0.0


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [0.0, 5.0])
def test_boxes_find_their_way_back(rotation: int, skew: float) -> None:
    page = np.full((300, 200), 255, np.uint8)
    page[100:120, 50:90] = 0
    upright = make_upright(page, rotation=rotation, skew=skew, scale=2.0)
    ys, xs = np.nonzero(upright.image < 128)
    found = upright.page_box(Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1))
    center, slack = found.center, 1.5
    assert center == (pytest.approx(70, abs=slack), pytest.approx(110, abs=slack))
    if not skew:
        assert found.width == pytest.approx(40, abs=slack)
        assert found.height == pytest.approx(20, abs=slack)


def test_nothing_of_the_page_is_lost() -> None:
    page = np.full((300, 200), 255, np.uint8)
    upright = make_upright(page, rotation=90, skew=10.0)
    height, width = upright.image.shape
    assert width > 300
    assert height > 200


def test_small_print_is_enlarged_and_large_print_is_not(tmp_path: Path) -> None:
    small = print_page(tmp_path / "small.png", ENGLISH * 2, font_size=11)
    large = print_page(tmp_path / "large.png", ENGLISH * 2, font_size=40)
    assert reading_scale(load_page(small.path)) > 1.5
    assert reading_scale(load_page(large.path)) == 1.0
    assert reading_scale(np.full((50, 50), 255, np.uint8)) == 1.0


def test_a_page_that_is_gone_or_damaged_says_so(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"no image")
    for path in (damaged, tmp_path / "gone.png"):
        with pytest.raises(EngineError) as caught:
            load_page(str(path))
        assert caught.value.failure is FailureKind.DOCUMENT
