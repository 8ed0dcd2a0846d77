"""A model that is in the user's own cache is looked after there, though another is chosen."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from doubles.downloading import MODEL, files_below, get
from doubles.hub_repository import made_up_model
from doubles.loopback_hub import LoopbackHub
from textlift.downloads.client import Downloads
from textlift.downloads.messages import Source
from textlift.models.on_disk import what_is_missing

WEIGHTS = "model.safetensors"


@pytest.fixture
def folder(downloads: Downloads, hub: LoopbackHub, source: Source, hub_cache: Path) -> Path:
    """The model, in the user's own cache; the source names another one."""
    hub.add("tiny/reader", made_up_model(size=100_000))
    folder = Path(get(downloads, msgspec.structs.replace(source, cache="")).folder)
    assert folder.is_relative_to(hub_cache)
    hub.forget()
    return folder


def test_nothing_is_fetched_twice(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path, folder: Path
) -> None:
    got = get(downloads, source)
    assert (got.folder, got.fetched) == (str(folder), 0)
    assert not hub.asked(kind="bytes")
    assert not files_below(cache)


def test_a_damaged_file_is_replaced_where_it_is(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path, folder: Path
) -> None:
    weights = (folder / WEIGHTS).resolve()
    weights.write_bytes(bytes(weights.stat().st_size))
    found = downloads.verify(MODEL, source, on_fetching=lambda _: None)
    assert found.damaged == (WEIGHTS,)
    plan = downloads.look_up(MODEL, source)
    assert [file.name for file in plan.files if file.have < file.size] == [WEIGHTS]
    assert get(downloads, source).folder == str(folder)
    assert {asked.file for asked in hub.asked(kind="bytes")} == {WEIGHTS}
    assert not what_is_missing(folder)
    assert not files_below(cache)


def test_it_is_removed_where_it_is(
    downloads: Downloads, source: Source, hub_cache: Path, folder: Path
) -> None:
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert downloads.remove(MODEL, source).freed == size
    assert not list(hub_cache.glob("models--*"))


def test_a_later_commit_goes_to_the_chosen_folder(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path, folder: Path
) -> None:
    hub.repositories["tiny/reader"].commit(made_up_model(size=90_000, seed=2))
    got = get(downloads, source)
    assert Path(got.folder).is_relative_to(cache)
    assert not what_is_missing(folder)
