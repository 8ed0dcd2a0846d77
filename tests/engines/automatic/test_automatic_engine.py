"""The automatic choice on printed pages, with the real engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from doubles.printed_pages import ENGLISH, RUSSIAN, print_page, require_tesseract
from textlift.content.attempt import FailureKind
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.engines.automatic import card
from textlift.engines.automatic.engine import AutomaticEngine
from textlift.engines.contract import EngineError, EngineOptions, ReadOptions
from textlift.processes.cancellation import Cancellation

pytestmark = pytest.mark.real_engine


@pytest.fixture(scope="module")
def engine() -> AutomaticEngine:
    require_tesseract()
    return AutomaticEngine(EngineOptions())


@pytest.fixture(scope="module")
def lone_engine() -> AutomaticEngine:
    return AutomaticEngine(EngineOptions(tesseract_path="/nowhere/tesseract"))


def read(engine: AutomaticEngine, page: PageImage, *languages: str) -> PageReading:
    return engine.read(
        page,
        ReadOptions(languages=languages),
        on_progress=lambda progress: None,
        cancellation=Cancellation(),
    )


def letters(text: str) -> str:
    return "".join(text.split())


def test_english_is_read_by_the_bundled_engine(engine: AutomaticEngine, tmp_path: Path) -> None:
    reading = read(engine, print_page(tmp_path / "page.png", ENGLISH))
    assert reading.read_by == "pp-ocrv6"
    assert reading.why
    assert letters(ENGLISH[0]) in letters(reading.text)


def test_russian_is_read_by_tesseract(engine: AutomaticEngine, tmp_path: Path) -> None:
    reading = read(engine, print_page(tmp_path / "page.png", RUSSIAN))
    assert reading.read_by == "tesseract"
    assert RUSSIAN[0] in reading.text
    assert reading.why == "The page is in Cyrillic letters, which PP-OCRv6 cannot read."


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_turned_russian_is_turned_back(
    engine: AutomaticEngine, tmp_path: Path, turned: int
) -> None:
    reading = read(engine, print_page(tmp_path / "page.png", RUSSIAN * 3, turned=turned))
    assert RUSSIAN[0] in reading.text
    assert reading.rotation == 360 - turned


def test_half_russian_is_read_by_tesseract(engine: AutomaticEngine, tmp_path: Path) -> None:
    reading = read(engine, print_page(tmp_path / "page.png", ENGLISH + RUSSIAN))
    assert reading.read_by == "tesseract"
    assert RUSSIAN[0] in reading.text
    assert ENGLISH[0] in reading.text


def test_the_users_language_decides(engine: AutomaticEngine, tmp_path: Path) -> None:
    page = print_page(tmp_path / "page.png", RUSSIAN)
    reading = read(engine, page, "rus")
    assert reading.read_by == "tesseract"
    assert "Russian was asked for" in reading.why
    # The user is wrong about this page, but nothing false comes out.
    assert RUSSIAN[0] in read(engine, page, "eng").text


def test_without_tesseract_english_is_read_all_the_same(
    lone_engine: AutomaticEngine, tmp_path: Path
) -> None:
    reading = read(lone_engine, print_page(tmp_path / "page.png", ENGLISH))
    assert reading.read_by == "pp-ocrv6"


@pytest.mark.parametrize("languages", [(), ("rus",)])
def test_without_tesseract_russian_is_refused(
    lone_engine: AutomaticEngine, tmp_path: Path, languages: tuple[str, ...]
) -> None:
    with pytest.raises(EngineError, match="Tesseract") as caught:
        read(lone_engine, print_page(tmp_path / "page.png", RUSSIAN), *languages)
    assert caught.value.failure is FailureKind.WRONG_SCRIPT


def test_a_stopped_page_is_not_read(engine: AutomaticEngine, tmp_path: Path) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(EngineError) as caught:
        engine.read(
            print_page(tmp_path / "page.png", RUSSIAN),
            ReadOptions(),
            on_progress=lambda progress: None,
            cancellation=cancellation,
        )
    assert caught.value.failure is FailureKind.CANCELLED


def test_its_availability_names_both() -> None:
    require_tesseract()
    there = card.availability(EngineOptions())
    assert there.ready
    assert there.sentence.startswith("PP-OCRv6, and Tesseract ")
    alone = card.availability(EngineOptions(tesseract_path="/nowhere/tesseract"))
    assert alone.ready
    assert "no Cyrillic" in alone.sentence
    assert not alone.remedy
