"""``textlift ocr`` reads a Russian page once an alphabet was got for the small engine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from doubles.alphabets import RUSSIAN, add_alphabet, offer_alphabet, printed
from textlift.settings import user_folders
from tiny_models.scoring import character_error_rate

pytestmark = pytest.mark.real_engine


def textlift(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "textlift", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def assert_is_russian(text: str) -> None:
    pairs = [(a.lower(), b.lower()) for a, b in zip(RUSSIAN, text.splitlines(), strict=True)]
    assert character_error_rate(pairs) < 0.08, text


def test_a_russian_page_is_refused_without_and_read_with_it(tmp_path: Path, hub, hub_cache):
    page = tmp_path / "page.png"
    printed(RUSSIAN).save(page)
    ocr = ("ocr", "--quiet", "--no-fallback", "--model", "pp-ocrv6", page)
    without = textlift(*ocr)
    assert without.returncode == 1
    assert "script that PP-OCRv6 cannot read" in without.stdout

    offer_alphabet(hub)
    got = textlift("models", "get", "eslav")
    assert got.returncode == 0, got.stderr
    read = textlift(*ocr)
    assert read.returncode == 0, read.stderr
    assert_is_russian(read.stdout)
    listed = " ".join(textlift("models").stdout.split())
    assert "alphabet added: East Slavic (Russian, Ukrainian, Belarusian)." in listed


@pytest.mark.parametrize("languages", [(), ("--lang", "rus")])
def test_the_automatic_model_reads_it_without_tesseract(tmp_path: Path, languages):
    settings = user_folders().settings_file
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"tesseract_path": "/nowhere/tesseract"}))
    add_alphabet()
    printed(RUSSIAN).save(tmp_path / "page.png")
    read = textlift("ocr", "--quiet", "--no-fallback", *languages, tmp_path / "page.png")
    assert read.returncode == 0, read.stderr
    assert_is_russian(read.stdout)
