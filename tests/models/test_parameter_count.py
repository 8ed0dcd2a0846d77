"""Counting parameters by the headers of safetensors files."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from textlift.models.on_disk import weight_files
from textlift.models.parameter_count import WeightFileError, parameter_count


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tensors = {"a.weight": torch.zeros(3, 5), "b.one": torch.ones(1), "b.bias": torch.zeros(7)}
    save_file(tensors, tmp_path / "model.safetensors", metadata={"format": "pt"})
    return tmp_path


def test_each_tensor_of_the_model_counts(folder: Path) -> None:
    assert parameter_count(weight_files(folder)) == 15 + 1 + 7


def test_what_the_model_leaves_out_does_not_count(folder: Path) -> None:
    assert parameter_count(weight_files(folder), without=("b.",)) == 15


def test_a_file_that_is_not_of_the_model_does_not_count(folder: Path) -> None:
    save_file({"other": torch.zeros(999)}, folder / "adapter_model.safetensors")
    assert parameter_count(weight_files(folder)) == 23


def test_a_file_that_changed_is_counted_anew(folder: Path) -> None:
    assert parameter_count(weight_files(folder)) == 23
    save_file({"a": torch.zeros(200)}, folder / "model.safetensors")
    assert parameter_count(weight_files(folder)) == 200


@pytest.mark.parametrize("content", [b"", b"\x10", bytes(8) + b"{}", b"\x04" + bytes(7) + b"{no}"])
def test_a_damaged_file_is_named(folder: Path, content: bytes) -> None:
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(WeightFileError, match=r"model\.safetensors is damaged"):
        parameter_count(weight_files(folder))
