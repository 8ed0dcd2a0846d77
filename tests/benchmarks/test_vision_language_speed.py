"""The script for the GPU runs from end to end on a CPU, in its smallest form."""

from __future__ import annotations

from pathlib import Path

import torch
import transformers

from benchmarks.forced_answers import by_generate, written_pages
from benchmarks.full_size_models import FULL_SIZE
from benchmarks.token_ties import TIE, compared, said
from benchmarks.vision_language_speed import Asked, measure
from textlift.engines.dots_ocr.family import DotsOcr
from textlift.engines.vision_language.family import Placement

# A progress bar leaves a thread behind.
transformers.utils.logging.disable_progress_bar()


def test_a_table_is_made_and_the_answers_are_the_same(tmp_path: Path) -> None:
    lines = measure(
        "dots.ocr",
        tmp_path,
        Asked(device="cpu", tokens=10, pages=2, rounds=1, shrunk=True, loads=0),
    )

    table = {cells[1].strip(): cells for line in lines if len(cells := line.split("|")) > 2}
    assert table["answers in float32, 2 tokens"][3].strip() == "2 of 2 equal"
    assert all(cells[2].strip() for what, cells in table.items() if "a minute" in what)


def test_answers_that_part_are_told_from_a_tie(tmp_path: Path) -> None:
    FULL_SIZE["dots.ocr"].write(tmp_path / "model", device=torch.device("cpu"), shrunk=True)
    family = DotsOcr(tmp_path / "model", Placement(torch.device("cpu"), torch.float32))
    (page,) = written_pages(tmp_path, [(280, 280)], mode="text")
    (written,) = by_generate(family, [page], tokens=4).tokens
    prepared = page.prepared(family)

    assert compared(family.model, prepared, written, written) is None
    other = [*written[:2], (written[2] + 1) % 512, written[3]]
    difference = compared(family.model, prepared, written, other)

    assert difference is not None
    assert difference.place == 2
    assert difference.steps > TIE
    assert said([difference, None]).startswith("1 of 2 equal, 0 of 1 part at a tie (from token 3;")
