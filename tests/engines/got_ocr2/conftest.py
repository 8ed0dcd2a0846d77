"""A checkpoint of GOT-OCR2's architecture with random weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from textlift.engines.got_ocr2.family import GotOcr2
from textlift.engines.vision_language.family import Placement
from tiny_models.got_ocr2_checkpoint import (
    fresh_model,
    got_tokenizer,
    tiny_config,
    write_checkpoint,
)

CPU = Placement(torch.device("cpu"), torch.float32)


@pytest.fixture(scope="session")
def random_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files; no test may change them."""
    folder = tmp_path_factory.mktemp("got_ocr2") / "checkpoint"
    tokenizer = got_tokenizer()
    write_checkpoint(folder, fresh_model(tiny_config(tokenizer), seed=7), tokenizer)
    return folder


@pytest.fixture(scope="session")
def random_family(random_folder: Path) -> GotOcr2:
    return GotOcr2(random_folder, CPU)
