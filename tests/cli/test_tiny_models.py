"""The command line reads with each tiny model what it has never seen, and judges it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tiny_models.checkpoints import CHECKPOINTS
from tiny_models.reading_matter import TINY_MODELS, unseen_lines
from tiny_models.scoring import character_error_rate

pytestmark = pytest.mark.real_engine

LINES = 5


def one_quick(quick: str) -> list[object]:
    """The others run with --all: the engine's own tests have each of them read in its process."""
    slow = [pytest.param(name, marks=pytest.mark.slow) for name in TINY_MODELS if name != quick]
    return [quick, *slow]


def textlift(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "textlift", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("name", one_quick("dots_ocr"))
def test_a_tiny_model_reads_from_its_folder(name: str, tmp_path: Path) -> None:
    lines = unseen_lines(name, LINES)
    paths = []
    for number, (_, image) in enumerate(lines):
        paths.append(str(tmp_path / f"{number}.png"))
        image.save(paths[-1])
    result = textlift(
        "ocr", "--quiet", "--no-fallback", "--model", str(CHECKPOINTS / name), "--mode",
        "layout" if name == "dots_ocr" else "text", "--device", "cpu",
        "--format", "json", "-o", str(tmp_path / "read.json"), *paths,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    documents = json.loads((tmp_path / "read.json").read_text())["documents"]
    readings = [document["pages"][0]["reading"] for document in documents]
    read = ["\n".join(block["text"] for block in reading["blocks"]) for reading in readings]
    pairs = list(zip([text for text, _ in lines], read, strict=True))
    assert character_error_rate(pairs) < 0.05, pairs
    for reading in readings:
        assert reading["read_by"] == name
        assert reading["generation"]["tokens"] > 3
        assert reading["generation"]["peak_memory"] > 1_000_000
    if name == "dots_ocr":
        assert all(block["box"] for reading in readings for block in reading["blocks"])


@pytest.mark.parametrize("name", one_quick("qwen2_5_vl"))
def test_a_tiny_model_is_judged(name: str, tmp_path: Path) -> None:
    """``doctor --model`` on a page whose text is known, in a mode that every family has."""
    text, image = unseen_lines(name, 1)[0]
    image.save(tmp_path / "page.png")
    (tmp_path / "page.txt").write_text(text)
    result = textlift(
        "doctor", "--model", str(CHECKPOINTS / name), "--dtype", "float32", "--device", "cpu",
        "--page", str(tmp_path / "page.png"), "--text", str(tmp_path / "page.txt"),
    )  # fmt: skip
    assert "In float32: loaded on cpu" in result.stdout, result.stderr
    report = next(row for row in result.stdout.splitlines() if row.startswith("  text: "))
    assert "error rate 0.0%" in report
    assert "peak" in report
