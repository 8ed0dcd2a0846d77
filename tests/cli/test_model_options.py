"""``textlift ocr`` with a model of choice: mode, box, device and limits; a model in a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doubles.engine_script import CUT_OFF
from textlift.content.geometry import Box
from textlift.engines.contract import EngineOptions, ReadingMode
from textlift.models.catalogue import ModelEntry

MODES = (
    ReadingMode(name="layout", title="Layout", returns="blocks"),
    ReadingMode(name="text", title="Text", returns="text"),
    ReadingMode(name="part", title="Part", returns="text", needs_box=True),
)


@pytest.fixture
def model(script):
    """``automatic`` has modes; ``tesseract`` has none."""
    script.engine("automatic", modes=MODES)
    script.engine("tesseract")


def write_settings(home: Path, settings: dict) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "settings.json").write_text(json.dumps(settings))


def test_the_mode_is_that_of_the_command_line_then_of_the_settings(
    run, script, model, files, private_home
):
    write_settings(private_home, {"modes": {"automatic": "text"}})
    run("ocr", files / "a.png")
    run("ocr", files / "a.png", "--mode", "layout")
    assert [told.mode for told in script.told()] == ["text", "layout"]


def test_the_mode_of_one_model_is_not_that_of_the_next(run, script, model, files, private_home):
    script.engine("automatic", default=CUT_OFF, modes=MODES)
    script.engine("tesseract", modes=MODES)
    write_settings(private_home, {"fallback": ["tesseract"]})
    run("ocr", files / "a.png", "--mode", "text")
    assert [(told.engine, told.mode) for told in script.told()] == [
        ("automatic", "text"),
        ("tesseract", "layout"),
    ]


def test_a_part_of_a_page(run, script, model, files):
    run("ocr", files / "a.png", "--box", "10,20,200,80")
    run("ocr", files / "a.png", "--box", "10,20,200,80.5", "--mode", "part")
    assert [(told.mode, told.box) for told in script.told()] == [
        ("part", Box(10, 20, 200, 80)),
        ("part", Box(10, 20, 200, 80.5)),
    ]


def test_a_part_of_a_page_is_cut_out_for_what_reads_whole_pages(run, script, files):
    script.engine("automatic", default=CUT_OFF, modes=MODES)
    script.engine("tesseract")
    result = run("ocr", files / "a.png", "--box", "10,20,200,80", "--mode", "text")
    assert result.exit_code == 0
    assert [(told.engine, told.mode, told.box) for told in script.told()] == [
        ("automatic", "text", None),
        ("tesseract", "", None),
    ]
    # The number of the page is drawn outside the part.
    assert result.stdout == "Page 0 read by tesseract.\n"


def test_what_was_read_before_the_end_is_printed_between_marks(run, script, files):
    script.engine("automatic", default=CUT_OFF)
    result = run("ocr", files / "a.png")
    assert result.exit_code == 1
    assert "before it failed, unchecked and not complete:]\n\nPage 1 read by" in result.stdout
    assert result.stdout.endswith("[The text of page 1 breaks off here.]\n")


def test_what_an_engine_is_loaded_with(run, script, files, private_home):
    write_settings(
        private_home,
        {"device": "cuda:1", "dtype": "float16", "max_pixels": 5, "page_seconds": 7.5},
    )
    run("ocr", files / "a.png")
    run(
        *("ocr", files / "a.png", "--device", "cpu", "--dtype", "float32"),
        *("--max-pixels", "1000000", "--token-limit", "99"),
    )
    from_settings, typed = script.loaded_with("automatic")
    assert from_settings == EngineOptions(
        device="cuda:1", dtype="float16", max_pixels=5, page_seconds=7.5
    )
    assert typed == EngineOptions(
        device="cpu", dtype="float32", max_pixels=1_000_000, token_limit=99, page_seconds=7.5
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"modes": {"automatic": "nosuch", "gone": "layout"}, "dtype": "int4", "max_pixels": -1},
        {"model_folders": ["/nowhere/at/all"], "modes": {}},
        {"modes": ["layout"]},
        {"max_pixels": "many"},
    ],
)
@pytest.mark.usefixtures("model")
def test_settings_that_make_no_sense_stop_nothing(run, script, files, private_home, settings):
    write_settings(private_home, settings)
    result = run("ocr", files / "a.png")
    assert (result.stdout, result.exit_code) == ("Page 1 read by automatic.\n", 0)
    assert [told.mode for told in script.told()] == ["layout"]


@pytest.mark.usefixtures("model")
def test_the_first_model_reads_where_that_of_the_settings_is_gone(
    run, files, private_home, monkeypatch
):
    write_settings(private_home, {"model": "gone"})
    (files / "gone").mkdir()
    monkeypatch.chdir(files)
    result = run("ocr", files / "a.png")
    assert (result.stdout, result.exit_code) == ("Page 1 read by automatic.\n", 0)
    told = "The model “gone” is not here any more; Engine automatic reads."
    assert told in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--mode", "nosuch"], "has no mode called “nosuch”. Choose one of: layout, text, part."),
        (["-m", "tesseract", "--mode", "layout"], "Engine tesseract has no modes"),
        (["--mode", "part"], "say which with --box"),
        (["--box", "1,2,3"], "“1,2,3” is no box: write x0,y0,x1,y1"),
        (["--box", "a,2,3,4"], "is no box"),
        (["--box", "3,2,1,4"], "has no inside"),
        (["--box=-1,2,1,4"], "has no inside"),
        (["--box", "1,2,nan,4"], "has no inside"),
        (["--dtype", "int4"], "Choose one of: auto, bfloat16, float16, float32."),
        (["--max-pixels", "-1"], "--max-pixels"),
        (["--token-limit", "x"], "--token-limit"),
        (["--model", "./nosuch"], "There is no folder"),
        (["--model", "/nowhere/at/all"], "There is no folder /nowhere/at/all."),
    ],
)
@pytest.mark.usefixtures("model")
def test_wrong_usage(run, script, files, arguments, sentence):
    result = run("ocr", files / "a.png", *arguments)
    assert (result.exit_code, result.stdout, script.told()) == (2, "", [])
    assert sentence in result.stderr


def test_a_model_that_is_not_offered_says_why(run, script, files, monkeypatch):
    refused = ModelEntry(
        name="big", title="Big", family="f", licence="MIT", not_offered="It needs torchvision."
    )
    script.not_offered = (refused,)
    result = run("ocr", files / "a.png", "--model", "big")
    assert result.exit_code == 2
    assert "Big cannot be used: It needs torchvision." in result.stderr
    listed = run("models").stdout.splitlines()
    assert listed[-3:] == [
        "big        Big: not offered",
        "           Licence MIT.",
        "           It needs torchvision.",
    ]


def test_a_folder_without_a_model_is_wrong_usage(run, files):
    result = run("ocr", files / "a.png", "--model", files)
    assert result.exit_code == 2
    assert "holds no model: it has no config.json." in result.stderr
