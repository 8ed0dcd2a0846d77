"""Whether a model can be loaded: packages, files, memory."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import msgspec
import pytest

from textlift.engines.contract import Availability, EngineOptions
from textlift.engines.vision_language.availability import model_availability
from textlift.models import memory
from textlift.models.catalogue import ModelEntry
from textlift.models.download_record import DownloadRecord, RecordedFile, write_record
from textlift.models.memory import GpuMemory, MemorySample

GPUS = (
    GpuMemory(index=0, name="Small", total=1000, used=900, ours=0, device="cuda:0"),
    GpuMemory(index=1, name="Large", total=3000, used=0, ours=0, device="cuda:1"),
)
FULL = msgspec.structs.replace(GPUS[1], used=2950)
UNUSABLE = msgspec.structs.replace(GPUS[1], device="")
LOST = msgspec.structs.replace(GPUS[1], lost=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint with weights of 2000 bytes."""
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "known_vl"}))
    (tmp_path / "tokenizer.json").write_text("{}")
    tensor = {"dtype": "U8", "shape": [1900], "data_offsets": [0, 1900]}
    header = json.dumps({"weight": tensor}).encode().ljust(92)
    content = len(header).to_bytes(8, "little") + header + bytes(1900)
    (tmp_path / "model.safetensors").write_bytes(content)
    return tmp_path


@pytest.fixture
def ask(folder, monkeypatch):
    def ask(device: str = "auto", *, ram: int = 10_000, gpus=(), **fields) -> Availability:
        sample = MemorySample(ram_total=ram, ram_used=0, ram_ours=0, gpus=gpus)
        monkeypatch.setattr(memory, "sample_memory", lambda pids: sample)
        entry = {"name": "m", "title": "M", "family": "known", "folder": str(folder), **fields}
        return model_availability(ModelEntry(**entry), EngineOptions(device=device))

    return ask


def test_a_model_on_disk_is_ready(ask):
    assert ask() == Availability(ready=True, sentence="On disk, 2 kB.")


def test_missing_packages_are_named_with_the_command(ask, monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "torch" else find_spec(name)
    )
    answer = ask()
    assert not answer.ready
    assert answer.sentence == "It needs the Python package torch."
    assert 'pip install "textlift[models]"' in answer.remedy


def test_a_model_that_is_not_here_says_how_to_get_it(ask, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    answer = ask(folder="", hub_id="org/it", size=6_078_358_528)
    assert not answer.ready
    assert answer.sentence == "Its weights (6.1 GB) are not on this machine."
    assert answer.can_be_got
    assert answer.remedy == "Get it in the list of models, or type: textlift models get m"


def test_a_download_that_was_begun_is_told_of(ask, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    repository = tmp_path / "hub" / "models--org--it"
    weights = RecordedFile("model.safetensors", 6_100_000_000, "a" * 64)
    write_record(repository, DownloadRecord("0" * 40, (weights,)))
    partial = repository / "blobs" / f"{weights.checksum}.textlift.incomplete"
    partial.parent.mkdir()
    with partial.open("wb") as file:
        file.truncate(2_000_000_000)
    answer = ask(folder="", hub_id="org/it", size=6_078_358_528)
    assert answer.can_be_got
    assert answer.sentence == "Its download is not finished: 2.0 GB of 6.1 GB are here."


def test_a_model_is_looked_for_where_the_settings_say(ask, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "empty"))
    snapshot = tmp_path / "drive" / "models--org--it" / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (folder / name).rename(snapshot / name)
    entry = ModelEntry(name="m", title="M", family="f", hub_id="org/it", revision="0" * 40)
    assert model_availability(entry, EngineOptions()).can_be_got
    assert model_availability(entry, EngineOptions(model_cache=str(tmp_path / "drive"))).ready


def test_an_incomplete_folder_says_what_it_lacks(ask, folder):
    (folder / "tokenizer.json").unlink()
    answer = ask()
    assert not answer.ready
    assert "it lacks tokenizer.json" in answer.sentence
    assert answer.remedy


@pytest.mark.parametrize(
    ("device", "ram", "gpus", "ready"),
    [
        ("auto", 10_000, (), True),
        ("auto", 1999, (), False),
        ("auto", 1999, GPUS, True),
        ("auto", 10_000, GPUS[:1], False),
        # The engine takes the emptiest, and none that torch cannot use.
        ("auto", 10_000, (GPUS[0], FULL), False),
        ("auto", 10_000, (UNUSABLE,), True),
        ("auto", 1999, (UNUSABLE,), False),
        ("auto", 10_000, (LOST,), True),
        ("cpu", 10_000, GPUS[:1], True),
        ("cpu", 1999, GPUS, False),
        ("mps", 1999, (), False),
        ("cuda:0", 10_000, GPUS, False),
        ("cuda:1", 100, GPUS, True),
        # There may be more than can be known from here; the engine will say it.
        ("cuda:2", 100, GPUS, True),
        ("xpu", 100, (), True),
    ],
)
def test_weights_larger_than_the_memory_of_the_device(ask, device, ram, gpus, ready):
    answer = ask(device, ram=ram, gpus=gpus)
    assert answer.ready is ready
    if not ready:
        assert "Its weights take" in answer.sentence
        assert "smaller model" in answer.remedy


def test_weights_that_can_be_made_smaller_are_no_reason(tmp_path, monkeypatch):
    """dots.ocr on a card with less memory than its weights take: in 4 bits it fits."""
    length = 2 * 3_039_179_264
    tensor = {"dtype": "BF16", "shape": [length // 2], "data_offsets": [0, length]}
    header = json.dumps({"weight": tensor}).encode()
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + length)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "dots_ocr"}))
    (tmp_path / "tokenizer.json").write_text("{}")
    entry = ModelEntry(name="m", title="M", family="dots_ocr", folder=str(tmp_path))

    def ready(card: int, ram: int) -> bool:
        gpu = GpuMemory(index=0, name="Card", total=card, used=0, ours=0, device="cuda:0")
        sample = MemorySample(ram_total=ram, ram_used=ram // 2, ram_ours=0, gpus=(gpu,))
        monkeypatch.setattr(memory, "sample_memory", lambda pids: sample)
        return model_availability(entry, EngineOptions()).ready

    assert ready(6_000_000_000, ram=2_000_000_000)
    assert not ready(3_000_000_000, ram=2_000_000_000)
