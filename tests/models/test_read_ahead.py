"""All of a model's weights are asked for, where there is memory for them."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import msgspec
import pytest

from textlift.models.catalogue import ModelEntry
from textlift.models.ram import Ram, system_ram
from textlift.models.read_ahead import read_ahead

pytestmark = pytest.mark.skipif(
    not hasattr(os, "posix_fadvise"), reason="the system cannot be asked to read ahead"
)

SIZES = {"model-1.safetensors": 5_000_000, "model-2.safetensors": 100}


@pytest.fixture
def entry(tmp_path: Path) -> ModelEntry:
    for name, size in SIZES.items():
        (tmp_path / name).write_bytes(bytes(size))
    index = {"weight_map": {str(number): name for number, name in enumerate(SIZES)}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    return ModelEntry(name="m", title="M", family="dots_ocr", folder=str(tmp_path))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[range]]:
    """Bytes that the system was asked for, by file."""
    found: dict[str, list[range]] = {}
    ask = os.posix_fadvise

    def noted(descriptor: int, begin: int, length: int, advice: int) -> None:
        assert advice == os.POSIX_FADV_WILLNEED
        ask(descriptor, begin, length, advice)
        name = Path(f"/proc/self/fd/{descriptor}").resolve().name
        found.setdefault(name, []).append(range(begin, begin + length))

    monkeypatch.setattr(os, "posix_fadvise", noted)
    return found


def begun_and_ended(entry: ModelEntry) -> None:
    read_ahead(entry)
    for thread in threading.enumerate():
        if thread.name == "read-ahead":
            thread.join()


def test_every_byte_is_asked_for_a_few_at_a_time(
    entry: ModelEntry, asked: dict[str, list[range]]
) -> None:
    begun_and_ended(entry)

    for name, size in SIZES.items():
        assert asked[name][0].start == 0
        assert all(a.stop == b.start for a, b in zip(asked[name], asked[name][1:], strict=False))
        assert asked[name][-1].stop >= size
        assert max(len(one) for one in asked[name]) <= 4_000_000


def test_nothing_is_asked_for_where_there_is_no_memory_for_it(
    entry: ModelEntry, asked: dict[str, list[range]], monkeypatch: pytest.MonkeyPatch
) -> None:
    little = msgspec.structs.replace(system_ram(), available=sum(SIZES.values()))
    monkeypatch.setattr("textlift.models.read_ahead.system_ram", lambda: little)

    begun_and_ended(entry)

    assert isinstance(little, Ram)
    assert not asked


def test_a_model_that_is_not_there_is_left_to_whoever_loads_it(
    entry: ModelEntry, asked: dict[str, list[range]], tmp_path: Path
) -> None:
    begun_and_ended(msgspec.structs.replace(entry, folder=str(tmp_path / "gone")))
    (tmp_path / "model-1.safetensors").unlink()
    begun_and_ended(entry)
    (tmp_path / "model.safetensors.index.json").write_text("[]")
    begun_and_ended(entry)

    assert not asked
