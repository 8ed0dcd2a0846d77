"""Folders that look like checkpoints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from doubles.zero_weights import zero_weights


@pytest.fixture
def make_checkpoint(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder with the files of a checkpoint; the weights are zeros."""

    def make(
        folder: Path | str = "model", *, model_type: str = "dots_ocr", shards: int = 0
    ) -> Path:
        folder = tmp_path / folder
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps({"model_type": model_type}))
        (folder / "tokenizer.json").write_text("{}")
        if not shards:
            (folder / "model.safetensors").write_bytes(zero_weights(100))
            return folder
        files = [f"model-{number:05}-of-{shards:05}.safetensors" for number in range(1, shards + 1)]
        for file in files:
            (folder / file).write_bytes(zero_weights(100))
        index = {"weight_map": {f"tensor.{number}": file for number, file in enumerate(files)}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))
        return folder

    return make
