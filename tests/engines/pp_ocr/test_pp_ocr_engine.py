"""The real PP-OCRv6 on small drawn pages."""

from __future__ import annotations

import math
import re
from difflib import SequenceMatcher

import psutil
import pytest
from PIL import Image, ImageDraw

from engines.pp_ocr.conftest import ENGLISH, RUSSIAN, drawn, font
from textlift.content.attempt import FailureKind
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, WarningKind
from textlift.engines.contract import EngineError, ReadOptions, ReadProgress
from textlift.processes.cancellation import Cancellation

pytestmark = pytest.mark.real_engine


def read(engine, page: PageImage, options: ReadOptions | None = None) -> PageReading:
    return engine.read(
        page,
        options or ReadOptions(),
        on_progress=lambda progress: None,
        cancellation=Cancellation(),
    )


def letters(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


EXPECTED = letters(" ".join(ENGLISH))


def test_upright_page(engine, page_of):
    reading = read(engine, page_of(drawn(ENGLISH)))
    assert letters(reading.text) == EXPECTED
    assert [letters(line.text) for line in reading.lines] == [letters(line) for line in ENGLISH]
    assert (reading.read_by, reading.rotation, reading.warnings) == ("pp-ocrv6", 0, ())
    tops = [line.box.y0 for line in reading.lines]
    assert tops == sorted(tops)
    assert all(line.score > 0.9 for line in reading.lines)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_page(engine, page_of, turn: int):
    upright = drawn(ENGLISH)
    # Pillow turns the other way round than we say a page is to be turned back.
    page = page_of(upright.rotate(turn, expand=True))
    reading = read(engine, page)
    assert letters(reading.text) == EXPECTED
    assert reading.rotation == turn
    first = reading.lines[0]
    assert 0 <= first.box.x0 < first.box.x1 <= page.width
    assert 0 <= first.box.y0 < first.box.y1 <= page.height
    # Where the upright page has its first line: at the top left corner, which has moved.
    corner = {90: (0, page.height), 180: (page.width, page.height), 270: (page.width, 0)}[turn]
    assert math.dist(first.quad[0], corner) < 150


def test_rotation_that_the_user_gives_is_not_voted_on(engine, page_of):
    page = page_of(drawn(ENGLISH).rotate(180))
    assert letters(read(engine, page, ReadOptions(rotation=180)).text) == EXPECTED
    given = read(engine, page_of(drawn(ENGLISH)), ReadOptions(rotation=0))
    assert given.rotation == 0


def test_skewed_page(engine, page_of):
    page = page_of(drawn(ENGLISH, width=1000).rotate(-5, expand=True, fillcolor="white"))
    reading = read(engine, page)
    assert letters(reading.text) == EXPECTED
    assert reading.skew == pytest.approx(5, abs=0.7)
    assert reading.lines[0].quad is not None


def test_columns_on_a_turned_skewed_page(engine, page_of):
    left, right = ENGLISH * 2, tuple(line.replace("e", "o") for line in ENGLISH * 2)
    sheet = Image.new("RGB", (1560, 700), "white")
    sheet.paste(drawn(left, width=780), (0, 0))
    sheet.paste(drawn(right, width=780), (760, 0))
    reading = read(engine, page_of(sheet.rotate(93, expand=True, fillcolor="white")))
    found = [letters(line.text) for line in reading.lines]
    likest = [
        max(
            range(16), key=lambda i: SequenceMatcher(None, letters((left + right)[i]), line).ratio()
        )
        for line in found
    ]
    assert [index % 4 for index in likest] == [0, 1, 2, 3] * 4
    assert [index // 8 for index in likest] == [0] * 8 + [1] * 8


def test_russian_is_refused(engine, page_of):
    with pytest.raises(EngineError, match="script that PP-OCRv6 cannot read") as caught:
        read(engine, page_of(drawn(RUSSIAN)))
    assert caught.value.failure is FailureKind.WRONG_SCRIPT


def test_greek_is_refused(engine, page_of):
    greek = (
        "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι",
        "και ίσοι στην αξιοπρέπεια και τα δικαιώματα",
    )
    with pytest.raises(EngineError) as caught:
        read(engine, page_of(drawn(greek)))
    assert caught.value.failure is FailureKind.WRONG_SCRIPT


def test_russian_line_among_english_ones_is_left_out_with_a_warning(engine, page_of):
    reading = read(engine, page_of(drawn((*ENGLISH, RUSSIAN[0]))))
    assert letters(reading.text) == EXPECTED
    (warning,) = reading.warnings
    assert warning.kind is WarningKind.LANGUAGE
    assert warning.box.y0 > reading.lines[-1].box.y0


def test_progress_gives_places_first_and_text_after(engine, page_of):
    reports: list[ReadProgress] = []
    reading = engine.read(
        page_of(drawn(ENGLISH)),
        ReadOptions(),
        on_progress=reports.append,
        cancellation=Cancellation(),
    )
    lines = [line for report in reports for line in report.lines]
    places = [line for line in lines if not line.text]
    assert lines[: len(places)] == places
    assert len(places) == len(ENGLISH)
    assert {line.text for line in lines if line.text} == {line.text for line in reading.lines}


def test_cancelled_between_batches(engine, page_of):
    cancellation = Cancellation()
    seen: list[ReadProgress] = []

    def stop_at_first_text(progress: ReadProgress) -> None:
        seen.append(progress)
        if any(line.text for line in progress.lines):
            cancellation.cancel()

    page = page_of(drawn(tuple(f"{i} {line}" for i in range(8) for line in ENGLISH)))
    with pytest.raises(EngineError) as caught:
        engine.read(page, ReadOptions(), on_progress=stop_at_first_text, cancellation=cancellation)
    assert caught.value.failure is FailureKind.CANCELLED
    assert sum(any(line.text for line in progress.lines) for progress in seen) == 1


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (1, 2000), (2000, 1), (40, 3)])
@pytest.mark.parametrize("colour", ["white", "black"])
def test_tiny_pages_have_no_text(engine, page_of, size: tuple[int, int], colour: str):
    before = psutil.Process().memory_info().rss
    assert read(engine, page_of(Image.new("RGB", size, colour))).blocks == ()
    assert psutil.Process().memory_info().rss - before < 200_000_000


def test_blank_page(engine, page_of):
    reading = read(engine, page_of(Image.new("RGB", (600, 800), "white")))
    assert (reading.blocks, reading.warnings) == ((), ())


def test_tall_page_is_read_in_full(engine, page_of):
    lines = tuple(f"Line number {i}" for i in range(60))
    reading = read(engine, page_of(drawn(lines, size=26, width=300)))
    assert [letters(line.text) for line in reading.lines] == [letters(line) for line in lines]


def test_wide_strip_is_read_in_full(engine, page_of):
    strip = Image.new("RGB", (6000, 60), "white")
    draw = ImageDraw.Draw(strip)
    for i in range(20):
        draw.text((20 + i * 300, 12), f"word{i} of strip", font=font(28), fill="black")
    text = letters(read(engine, page_of(strip)).text)
    assert text == letters(" ".join(f"word{i} of strip" for i in range(20)))


def test_small_letters_on_a_huge_page(engine, page_of):
    # The whole of it shrunk to the detector's size, letters are seven pixels high.
    sheet = Image.new("RGB", (3200, 3200), "white")
    draw = ImageDraw.Draw(sheet)
    for i, line in enumerate(ENGLISH):
        draw.text((300, 300 + 40 * i), line, font=font(18), fill="black")
    assert letters(read(engine, page_of(sheet)).text) == EXPECTED


def test_page_file_that_is_gone(engine, tmp_path):
    with pytest.raises(EngineError) as caught:
        read(engine, PageImage(path=str(tmp_path / "gone.png"), width=10, height=10))
    assert caught.value.failure is FailureKind.DOCUMENT
