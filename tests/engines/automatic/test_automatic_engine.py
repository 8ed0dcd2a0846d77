"""The automatic choice on printed pages, with the real engines."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pypdfium2
import pytest

from doubles.alphabets import RUSSIAN as DECLARATION
from doubles.alphabets import TINY_CYRILLIC, printed
from doubles.printed_pages import ENGLISH, RUSSIAN, print_page, require_tesseract
from textlift.content.attempt import FailureKind
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.engines.automatic import card
from textlift.engines.automatic.engine import AutomaticEngine
from textlift.engines.contract import EngineError, EngineOptions, ReadOptions
from textlift.inspection.messages import PageLook
from textlift.processes.cancellation import Cancellation
from textlift.recognition.checks.page_check import check_page
from textlift.shipped import sample_document

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


# By each angle its two engines are tried in tests of their own.
@pytest.mark.parametrize(
    "turned", [90, *(pytest.param(angle, marks=pytest.mark.slow) for angle in (180, 270))]
)
def test_turned_russian_is_turned_back(
    engine: AutomaticEngine, tmp_path: Path, turned: int
) -> None:
    reading = read(engine, print_page(tmp_path / "page.png", RUSSIAN * 3, turned=turned))
    assert RUSSIAN[0] in reading.text
    assert reading.rotation == 360 - turned


def test_figures_that_tesseract_takes_for_dirt_are_read(
    engine: AutomaticEngine, tmp_path: Path
) -> None:
    # The second page of the sample: Russian, on grained paper, with its number below.
    image = pypdfium2.PdfDocument(sample_document())[1].render(scale=200 / 72)
    path = tmp_path / "page.png"
    image.to_pil().save(path)
    page = PageImage(path=str(path), width=image.width, height=image.height, dpi=200)
    reading = read(engine, page)
    assert reading.read_by == "tesseract"
    assert reading.blocks[-1].text.replace(" ", "") == "-2-"
    assert "PP-OCRv6 read figures that Tesseract left out." in reading.why
    assert reading.detected is not None
    look = PageLook(lines=reading.detected)
    size = {"width": image.width, "height": image.height}
    assert check_page(reading, look=look, witness=None, **size) == ()


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


@pytest.fixture
def with_alphabet(tmp_path: Path) -> EngineOptions:
    path = tmp_path / "eslav.onnx"
    path.write_bytes(TINY_CYRILLIC.read_bytes())
    return EngineOptions(alphabets=(str(path),), threads=1)


def print_declaration(path: Path) -> PageImage:
    image = printed(DECLARATION)
    image.save(path)
    return PageImage(path=str(path), width=image.width, height=image.height)


@pytest.mark.parametrize("languages", [(), ("rus",)])
def test_with_an_alphabet_russian_needs_no_tesseract(
    with_alphabet: EngineOptions, tmp_path: Path, languages: tuple[str, ...]
) -> None:
    options = msgspec.structs.replace(with_alphabet, tesseract_path="/nowhere/tesseract")
    reading = read(AutomaticEngine(options), print_declaration(tmp_path / "page.png"), *languages)
    assert reading.read_by == "pp-ocrv6"
    assert "отношении друг друга" in reading.text
    assert reading.why == (
        "PP-OCRv6 has the letters of this page: East Slavic (Russian, Ukrainian, Belarusian)."
    )
    assert card.availability(options).sentence.startswith(
        "PP-OCRv6 with East Slavic (Russian, Ukrainian, Belarusian) added alone: "
    )


@pytest.mark.parametrize("languages", [(), ("rus",)])
def test_tesseract_with_russian_goes_before_an_alphabet(
    with_alphabet: EngineOptions, tmp_path: Path, languages: tuple[str, ...]
) -> None:
    require_tesseract()
    reading = read(
        AutomaticEngine(with_alphabet), print_declaration(tmp_path / "page.png"), *languages
    )
    assert reading.read_by == "tesseract"
    assert DECLARATION[0] in reading.text


@pytest.mark.parametrize("languages", [(), ("rus",)])
def test_an_alphabet_stands_in_for_data_that_tesseract_lacks(
    with_alphabet: EngineOptions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    languages: tuple[str, ...],
) -> None:
    require_tesseract()
    engine = AutomaticEngine(with_alphabet)
    assert engine._tesseract is not None
    program = engine._tesseract.program
    monkeypatch.setattr(
        engine._tesseract, "program", msgspec.structs.replace(program, data=("eng", "osd"))
    )
    reading = read(engine, print_declaration(tmp_path / "page.png"), *languages)
    assert reading.read_by == "pp-ocrv6"
    assert "отношении друг друга" in reading.text


def test_the_script_is_named_where_tesseract_knows_it(
    engine: AutomaticEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert engine._tesseract is not None
    program = engine._tesseract.program
    monkeypatch.setattr(
        engine._tesseract, "program", msgspec.structs.replace(program, data=("eng", "osd"))
    )
    for languages in ((), ("rus",)):
        with pytest.raises(EngineError) as caught:
            read(engine, print_page(tmp_path / "page.png", RUSSIAN * 3), *languages)
        assert caught.value.failure is FailureKind.WRONG_SCRIPT
        assert caught.value.scripts == ("Cyrl",)


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
