"""Reading pages with the real Tesseract."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psutil
import pytest

from doubles.printed_pages import ENGLISH, RUSSIAN, print_page, require_tesseract
from textlift.content.attempt import FailureKind
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.engines.contract import EngineError, EngineOptions, ReadOptions, ReadProgress
from textlift.engines.tesseract.engine import TesseractEngine
from textlift.processes.cancellation import Cancellation

pytestmark = pytest.mark.real_engine


@pytest.fixture(scope="module")
def engine() -> TesseractEngine:
    require_tesseract()
    return TesseractEngine(EngineOptions())


def read(
    engine: TesseractEngine, page: PageImage, options: ReadOptions | None = None
) -> PageReading:
    return engine.read(
        page,
        options or ReadOptions(),
        on_progress=lambda progress: None,
        cancellation=Cancellation(),
    )


def test_russian_is_found_and_read(engine: TesseractEngine, tmp_path: Path) -> None:
    reading = read(engine, print_page(tmp_path / "page.png", RUSSIAN * 2))
    assert "Московский государственный университет" in reading.text
    assert reading.read_by == "tesseract"
    assert reading.languages == ("rus", "eng")


def test_russian_on_a_page_of_few_words_is_found(engine: TesseractEngine, tmp_path: Path) -> None:
    reading = read(engine, print_page(tmp_path / "page.png", ("Вход со двора",)))
    assert reading.text == "Вход со двора"


def test_english_is_read_with_boxes_and_scores(engine: TesseractEngine, tmp_path: Path) -> None:
    page = print_page(tmp_path / "page.png", ENGLISH)
    reading = read(engine, page)
    assert reading.text == "\n".join(ENGLISH)
    for index, line in enumerate(reading.lines):
        assert line.box is not None
        assert line.score is not None
        assert line.score > 0.8
        assert line.box.y0 == pytest.approx(100 + index * 54 + 9, abs=8)
        assert line.box.x0 == pytest.approx(100, abs=5)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_page_is_turned_back(engine: TesseractEngine, tmp_path: Path, turned: int) -> None:
    page = print_page(tmp_path / "page.png", ENGLISH * 2, turned=turned)
    reading = read(engine, page)
    assert reading.rotation == 360 - turned
    assert ENGLISH[0] in reading.text
    told = read(engine, page, ReadOptions(rotation=360 - turned, languages=("eng",)))
    assert told.text == reading.text
    first = reading.lines[0].box
    assert first is not None
    middle = first.center[1] if turned == 180 else first.center[0]
    size = page.height if turned == 180 else page.width
    at_start = turned == 270
    assert (middle < size / 3) == at_start


def test_a_skewed_page_is_straightened(engine: TesseractEngine, tmp_path: Path) -> None:
    page = print_page(tmp_path / "page.png", ENGLISH * 2, tilted=8.0)
    reading = read(engine, page)
    assert reading.skew == pytest.approx(8.0, abs=0.3)
    assert ENGLISH[1] in reading.text
    quad = reading.lines[0].quad
    assert quad is not None
    assert quad[1][1] > quad[0][1]


def test_a_language_that_is_not_installed_is_refused(
    engine: TesseractEngine, tmp_path: Path
) -> None:
    page = print_page(tmp_path / "page.png", ENGLISH)
    with pytest.raises(EngineError, match="Cherokee") as caught:
        read(engine, page, ReadOptions(languages=("chr",)))
    assert caught.value.failure is FailureKind.WRONG_SCRIPT


def test_a_blank_page_has_no_blocks(engine: TesseractEngine, tmp_path: Path) -> None:
    assert read(engine, print_page(tmp_path / "page.png", ("",))).blocks == ()


def test_fewer_pixels_still_give_boxes_of_the_page(engine: TesseractEngine, tmp_path: Path) -> None:
    page = print_page(tmp_path / "page.png", ENGLISH, font_size=60)
    reading = read(engine, page, ReadOptions(max_pixels=page.width * page.height // 4))
    assert reading.text == "\n".join(ENGLISH)
    box = reading.lines[0].box
    assert box is not None
    assert box.x0 == pytest.approx(100, abs=8)
    assert box.x1 > 700


def test_stopping_ends_the_program(engine: TesseractEngine, tmp_path: Path) -> None:
    page = print_page(tmp_path / "page.png", ENGLISH * 12)
    cancellation = Cancellation()
    reading = threading.Event()
    failures: list[EngineError] = []

    def progress(report: ReadProgress) -> None:
        if report.stage == "Reading":
            reading.set()

    def work() -> None:
        try:
            engine.read(
                page,
                ReadOptions(languages=("eng",)),
                on_progress=progress,
                cancellation=cancellation,
            )
        except EngineError as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert reading.wait(20)
    while not psutil.Process().children() and thread.is_alive():
        thread.join(0.01)
    cancellation.cancel()
    stopped = time.monotonic()
    thread.join(5)
    assert time.monotonic() - stopped < 1
    assert [error.failure for error in failures] == [FailureKind.CANCELLED]
    assert not psutil.Process().children()


def test_without_the_program_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EngineError) as caught:
        TesseractEngine(EngineOptions(tesseract_path=str(tmp_path)))
    assert caught.value.failure is FailureKind.NOT_AVAILABLE
