"""``textlift models`` and ``textlift doctor``."""

from __future__ import annotations

import json
from pathlib import Path

from textlift import __version__
from textlift.engines.contract import Availability


def test_models_say_their_state(run, script):
    script.engine(
        "tesseract",
        title="Tesseract 5",
        available=Availability(
            ready=False, sentence="It is not installed.", remedy="Type: apt install tesseract-ocr"
        ),
    )
    result = run("models")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "automatic  Engine automatic: ready",
        "           Does what the test says.",
        "           Scripted.",
        "tesseract  Tesseract 5: not available",
        "           Does what the test says.",
        "           It is not installed.",
        "           Type: apt install tesseract-ocr",
    ]


def test_doctor_says_what_a_bug_report_needs(run, script, private_home, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: private_home)
    lost = Availability(ready=False, sentence=f"The folder {private_home}/lost is not there.")
    script.engine("lost", available=lost)
    settings = {
        "model_folders": [f"{private_home}/mine"],
        "modes": {"mine": "text"},
        "max_pixels": 9,
    }
    (private_home / "config").mkdir()
    (private_home / "config" / "settings.json").write_text(json.dumps(settings))
    result = run("doctor")
    assert result.exit_code == 0
    assert f"Textlift {__version__}\n" in result.stdout
    for word in (
        "Python 3",
        "onnxruntime",
        "Memory:",
        "Device cpu:",
        "automatic",
        "page cache: ~/",
        "The folder ~/lost is not there.",
        "Settings: large models in auto, pixels 9, tokens automatic, seconds for a page automatic",
        "Settings: modes mine text\n",
        "Settings: own model in ~/mine\n",
    ):
        assert word in result.stdout
    assert str(private_home) not in result.stdout


def test_damaged_settings_are_told_and_left_out(run, private_home, files):
    (private_home / "config").mkdir()
    (private_home / "config" / "settings.json").write_text("{damaged")
    result = run("ocr", files / "a.png")
    assert result.stdout == "Page 1 read by automatic.\n"
    assert "are damaged" in result.stderr
    assert "are damaged" in run("doctor").stdout


def test_settings_choose_the_model(run, script, private_home, files):
    script.engine("tesseract")
    (private_home / "config").mkdir()
    (private_home / "config" / "settings.json").write_text('{"model": "tesseract"}')
    assert run("ocr", files / "a.png").stdout == "Page 1 read by tesseract.\n"
