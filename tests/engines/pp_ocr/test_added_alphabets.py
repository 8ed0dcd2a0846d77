"""PP-OCRv6 with an alphabet that was added: the tiny Cyrillic recogniser in place of the real."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnxruntime import InferenceSession
from PIL import Image

from doubles.alphabets import ENGLISH, RUSSIAN, TINY_CYRILLIC, add_alphabet, printed
from engines.pp_ocr.conftest import drawn
from engines.pp_ocr.test_pp_ocr_engine import letters, read
from textlift.content.attempt import FailureKind
from textlift.content.reading import PageReading
from textlift.engines.contract import EngineError, EngineOptions, ReadOptions
from textlift.engines.options import engine_options
from textlift.engines.pp_ocr.engine import PpOcrEngine
from textlift.engines.pp_ocr.line_network import load_added_recogniser
from textlift.engines.pp_ocr.recognition import Recogniser
from textlift.settings import Settings
from tiny_models.checkpoints import CHECKPOINTS
from tiny_models.cyrillic_lines import REAL, RUBIK, cut_line
from tiny_models.scoring import character_error_rate

pytestmark = pytest.mark.real_engine

MANY_ERRORS = 0.08
"""The tiny recogniser mostly errs in capitals that look like their small letters."""


@pytest.fixture(scope="module")
def slavic(tmp_path_factory: pytest.TempPathFactory) -> PpOcrEngine:
    path = tmp_path_factory.mktemp("alphabets") / "eslav.onnx"
    path.write_bytes(TINY_CYRILLIC.read_bytes())
    return PpOcrEngine(EngineOptions(threads=1, alphabets=(str(path),)))


def assert_reads(reading: PageReading, lines: tuple[str, ...]) -> None:
    found = [line.text for line in reading.lines]
    assert len(found) == len(lines)
    pairs = [(a.lower(), b.lower()) for a, b in zip(lines, found, strict=True)]
    assert character_error_rate(pairs) < MANY_ERRORS, found


def test_the_checkpoint_is_small_and_has_pp_ocrs_inputs_and_outputs():
    session = InferenceSession(str(TINY_CYRILLIC), providers=["CPUExecutionProvider"])
    (taken,), (given,) = session.get_inputs(), session.get_outputs()
    characters = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    assert taken.shape[1:3] == [3, 48]
    assert given.shape[2] == len(characters) + 2
    assert sum(path.stat().st_size for path in (CHECKPOINTS / "cyrillic").iterdir()) <= 1_500_000


@pytest.mark.parametrize("face", sorted(RUBIK))
def test_the_checkpoint_reads_words_that_it_was_not_trained_on(face: str):
    network = load_added_recogniser(TINY_CYRILLIC, remedy="")
    recogniser = Recogniser(network, name="eslav")
    lines = [cut_line(text, RUBIK[face], above=0.15, below=0.15, side=0.2) for text in REAL]
    read = [recogniser.read(np.stack([line] * 3, axis=2)).text for line in lines]
    pairs = [(truth.lower(), text.lower()) for truth, text in zip(REAL, read, strict=True)]
    assert character_error_rate(pairs) < MANY_ERRORS, read


def test_a_russian_page_is_read_that_is_refused_without(slavic, engine, page_of):
    page = page_of(printed(RUSSIAN))
    with pytest.raises(EngineError) as caught:
        read(engine, page)
    assert caught.value.failure is FailureKind.WRONG_SCRIPT
    reading = read(slavic, page)
    assert_reads(reading, RUSSIAN)
    assert reading.why == (
        "The alphabet you added read all lines: East Slavic (Russian, Ukrainian, Belarusian)."
    )
    assert reading.warnings == ()


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_russian_page(slavic, page_of, turn: int):
    reading = read(slavic, page_of(printed(RUSSIAN).rotate(turn, expand=True)))
    assert reading.rotation == turn
    assert_reads(reading, RUSSIAN)


def test_lines_of_both_alphabets_are_read_each_by_its_own(slavic, page_of):
    lines = (ENGLISH[0], RUSSIAN[0], ENGLISH[1], RUSSIAN[1], ENGLISH[2], RUSSIAN[2])
    reading = read(slavic, page_of(printed(lines)))
    assert_reads(reading, lines)
    assert [letters(reading.lines[i].text) for i in (0, 2, 4)] == [letters(s) for s in ENGLISH]
    assert "some lines" in reading.why


def test_one_russian_line_among_english_ones(slavic, page_of):
    reading = read(slavic, page_of(printed((*ENGLISH, RUSSIAN[0]))))
    assert_reads(reading, (*ENGLISH, RUSSIAN[0]))
    assert reading.warnings == ()


def test_an_english_page_is_read_as_it_is_without(slavic, engine, page_of):
    page = page_of(printed(ENGLISH))
    assert read(slavic, page) == read(engine, page)
    asked_for = read(slavic, page, ReadOptions(languages=("rus",)))
    assert asked_for.text == read(engine, page).text, "the user is not always right"


def test_the_users_language_says_which_alphabet(slavic, page_of, monkeypatch):
    def never(*_arguments: object, **_more: object) -> None:
        pytest.fail("the alphabet that was asked for makes sense of the page")

    page = page_of(printed(RUSSIAN))
    with monkeypatch.context() as patch:
        patch.setattr(slavic._recogniser, "read", never)
        assert_reads(read(slavic, page, ReadOptions(languages=("rus",))), RUSSIAN)
    for other in ("eng", "ell"):
        assert_reads(read(slavic, page, ReadOptions(languages=(other,))), RUSSIAN)


def test_an_alphabet_that_was_not_needed_is_not_loaded(page_of, tmp_path: Path):
    paths = [tmp_path / "eslav.onnx", tmp_path / "th.onnx"]
    for path in paths:
        path.write_bytes(TINY_CYRILLIC.read_bytes())
    engine = PpOcrEngine(EngineOptions(threads=1, alphabets=tuple(map(str, paths))))
    paths[1].unlink()
    assert_reads(read(engine, page_of(printed(RUSSIAN)), ReadOptions(languages=("rus",))), RUSSIAN)
    assert engine.added.problems == (), "the other one was looked at, too"


def test_another_script_is_still_refused_and_named_where_it_is_known(slavic, page_of):
    greek = (
        "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι",
        "και ίσοι στην αξιοπρέπεια και τα δικαιώματα",
    )
    with pytest.raises(EngineError, match="what was added: East Slavic") as caught:
        read(slavic, page_of(drawn(greek)))
    assert caught.value.scripts == ("Grek",)


def test_a_blank_page_asks_no_alphabet(slavic, page_of):
    assert read(slavic, page_of(Image.new("RGB", (600, 800), "white"))).blocks == ()


def test_the_options_name_what_lies_in_the_folder():
    assert engine_options(Settings()).alphabets == ()
    path = add_alphabet()
    add_alphabet("no-such-alphabet")
    assert engine_options(Settings()).alphabets == (str(path),)


@pytest.mark.parametrize("damage", ["cut", "text", "gone", "nameless", "other"])
def test_a_damaged_alphabet_costs_only_what_it_was_for(page_of, tmp_path: Path, damage: str):
    path = tmp_path / "eslav.onnx"
    content = TINY_CYRILLIC.read_bytes()
    if damage == "cut":
        path.write_bytes(content[:40_000])
    elif damage == "text":
        path.write_text("<html>Sign in to the network of this hotel</html>")
    elif damage == "nameless":
        path.write_bytes(content.replace(b"character", b"something"))
    elif damage == "other":
        # Two characters become one: the list is that of another network.
        path.write_bytes(content.replace("а\n".encode(), "а-".encode(), 1))
    engine = PpOcrEngine(EngineOptions(threads=1, alphabets=(str(path),)))
    assert letters(read(engine, page_of(printed(ENGLISH))).text) == letters(" ".join(ENGLISH))
    with pytest.raises(EngineError, match="remove it in the list of models") as caught:
        read(engine, page_of(printed(RUSSIAN)))
    assert caught.value.failure is FailureKind.WRONG_SCRIPT
