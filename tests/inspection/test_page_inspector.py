"""The inspector process finds lines and ink, and comes back after it was killed."""

from __future__ import annotations

import psutil
import pytest
from PIL import Image

from doubles.pages import blank_page, draw_page
from textlift.content.geometry import Box
from textlift.content.page_image import PageImage
from textlift.engines.contract import EngineOptions
from textlift.inspection.client import PageInspector
from textlift.inspection.looking import Look
from textlift.inspection.messages import InkMap
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessCancelled, ProcessFailure, RequestFailed


@pytest.fixture(scope="module")
def look() -> Look:
    return Look(EngineOptions(threads=1))


def _saved(image: Image.Image, path) -> PageImage:
    image.save(path)
    return PageImage(str(path), image.width, image.height)


def _two_lines() -> Image.Image:
    return draw_page(
        0, text="The first of two lines\n\n\nand the second one", size=(800, 600), font_size=28
    )


def test_lines_and_ink_are_found(look, tmp_path):
    seen = look.at(_saved(_two_lines(), tmp_path / "a.png").path)
    boxes = sorted((line.box for line in seen.lines), key=lambda box: box.y0)
    assert len(boxes) == 2
    assert not any(line.text for line in seen.lines)
    assert boxes[0].contains(100, 56)
    assert all(seen.ink.share(box) > 0.02 for box in boxes)
    assert seen.ink.share(Box(0, 300, 800, 600)) == 0


def test_lines_of_a_page_on_its_side_are_where_they_are(look, tmp_path):
    seen = look.at(_saved(_two_lines().rotate(90, expand=True), tmp_path / "a.png").path)
    assert len(seen.lines) == 2
    for line in seen.lines:
        assert line.box.height > 3 * line.box.width
        assert line.box.x1 < 200


def test_a_blank_page_has_neither(look, tmp_path):
    seen = look.at(_saved(blank_page(), tmp_path / "a.png").path)
    assert seen.lines == ()
    assert seen.ink.share(Box(0, 0, 300, 400)) == 0


def test_it_comes_back_after_a_death_and_ends_with_its_owner(tmp_path):
    inspector = PageInspector(threads=1)
    page = _saved(_two_lines(), tmp_path / "a.png")
    assert inspector.pid is None
    assert len(inspector.look(page, cancellation=Cancellation()).lines) == 2
    with pytest.raises(RequestFailed, match="read the page again"):
        inspector.look(PageImage(str(tmp_path / "no.png"), 1, 1), cancellation=Cancellation())
    first = inspector.pid
    process = psutil.Process(first)
    process.kill()
    process.wait(timeout=10)
    try:
        inspector.look(page, cancellation=Cancellation())
    except ProcessFailure:  # The pipe had not been found closed yet.
        inspector.look(page, cancellation=Cancellation())
    second = inspector.pid
    assert second not in {None, first}
    inspector.close()
    assert not psutil.pid_exists(second)
    with pytest.raises(ProcessCancelled):
        inspector.look(page, cancellation=Cancellation())
    assert inspector.pid is None


def test_a_look_that_is_stopped_says_so(tmp_path):
    inspector = PageInspector(threads=1)
    stopped = Cancellation()
    stopped.cancel()
    try:
        with pytest.raises(ProcessCancelled):
            inspector.look(_saved(_two_lines(), tmp_path / "a.png"), cancellation=stopped)
    finally:
        inspector.close()


def test_ink_of_places_between_and_beyond_the_cells():
    ink = InkMap(cell=10, columns=2, rows=2, shares=bytes([255, 0, 0, 51]))
    assert ink.share(Box(0, 0, 20, 20)) == pytest.approx((1 + 0.2) / 4)
    assert ink.share(Box(0, 0, 10, 10)) == 1
    assert ink.share(Box(2, 2, 3, 3)) == 1
    assert ink.share(Box(12, 14, 14, 16)) == pytest.approx(0.2)
    assert ink.share(Box(500, 500, 510, 510)) == pytest.approx(0.2)
