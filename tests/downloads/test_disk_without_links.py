"""A cache on a disk that knows no links: files lie under their names, and not by checksum."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from doubles.downloading import MODEL
from doubles.zero_weights import zero_weights
from textlift.downloads.failures import DownloadProblem
from textlift.downloads.messages import Plan, PlannedFile, Source, Verified
from textlift.downloads.removing import discard_model, remove_model
from textlift.downloads.repository import Repository
from textlift.downloads.verifying import verify_model
from textlift.models.hub_cache import cache_folders
from textlift.models.on_disk import found_snapshot, what_is_missing
from textlift.models.unfinished import unfinished_download
from textlift.processes.cancellation import Cancellation

COMMIT = "0" * 40
CONTENTS = {
    "config.json": b'{"model_type": "x"}',
    "generation_config.json": b"{}",
    "special_tokens_map.json": b"{}",
    "tokenizer.json": b'{"version": "1.0"}',
    "model.safetensors": zero_weights(5000),
}


def checksum(name: str) -> str:
    content = CONTENTS[name]
    if name == "model.safetensors":
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


FILES = tuple(PlannedFile(name, len(CONTENTS[name]), checksum(name)) for name in sorted(CONTENTS))
SIZE = sum(file.size for file in FILES)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A cache where the system refuses to make links."""

    def refuse(*arguments: object, **keywords: object) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "own"))
    monkeypatch.setattr(os, "symlink", refuse)
    return Source(cache=str(tmp_path / "cache"))


@pytest.fixture
def repository(source: Source) -> Repository:
    return Repository(Path(source.cache), MODEL.hub_ids[0])


@pytest.fixture
def plan(repository: Repository) -> Plan:
    return Plan(COMMIT, repository.hub_id, FILES, str(repository.snapshot(COMMIT)), 0)


def fetch(repository: Repository, plan: Plan, *names: str) -> None:
    repository.begin(plan)
    for name in names or CONTENTS:
        repository.blob(checksum(name)).write_bytes(CONTENTS[name])


def verify(source: Source) -> Verified:
    return verify_model(MODEL, source, on_fetching=lambda _: None, cancellation=Cancellation())


def here(source: Source) -> Path | None:
    return found_snapshot(MODEL.hub_ids, MODEL.revision, cache_folders(source.cache))


def test_files_are_moved_to_their_names(repository, plan, source):
    fetch(repository, plan)
    folder = repository.publish(plan, "main")
    assert here(source) == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENTS
    assert not any(path.is_symlink() for path in folder.iterdir())
    assert not what_is_missing(folder)
    assert all(repository.is_here(file, COMMIT) for file in FILES)
    assert verify(source) == Verified(checked=5)


@pytest.mark.parametrize("moved", range(5))
def test_a_kill_while_they_are_moved_costs_nothing(repository, plan, source, moved, monkeypatch):
    class KilledError(Exception):
        pass

    moves = 0
    replace = Path.replace

    def killed(self: Path, target: Path) -> Path:
        nonlocal moves
        moves += target.parent.name == COMMIT
        if moves > moved:
            raise KilledError
        return replace(self, target)

    fetch(repository, plan)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KilledError):
            repository.publish(plan, "main")
    snapshot = repository.snapshot(COMMIT)
    assert what_is_missing(snapshot)
    unfinished = unfinished_download(MODEL.hub_ids, "main", [repository.cache])
    assert unfinished is not None
    assert (unfinished.have, unfinished.size) == (SIZE, SIZE)
    repository.begin(plan)
    repository.publish(plan, "main")
    assert {path.name: path.read_bytes() for path in snapshot.iterdir()} == CONTENTS


def test_what_was_given_up_while_they_were_moved_leaves_nothing(repository, plan, source):
    fetch(repository, plan)
    snapshot = repository.snapshot(COMMIT)
    snapshot.mkdir()
    repository.blob(checksum("tokenizer.json")).replace(snapshot / "tokenizer.json")
    # Two of them are the same file.
    assert discard_model(MODEL, source).freed == SIZE - 2
    assert not repository.folder.exists()


def test_a_damaged_file_is_named_and_alone_missing(repository, plan, source):
    fetch(repository, plan)
    folder = repository.publish(plan, "main")
    weights = bytearray(CONTENTS["model.safetensors"])
    weights[4000] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "generation_config.json").unlink()
    assert verify(source) == Verified(
        checked=5, damaged=("generation_config.json", "model.safetensors")
    )
    gone = [file.name for file in FILES if not repository.is_here(file, COMMIT)]
    assert gone == ["generation_config.json", "model.safetensors"]
    # Giving up its repair does not give up the model.
    assert discard_model(MODEL, source).freed == 0
    assert (folder / "tokenizer.json").exists()


def test_it_is_removed(repository, plan, source):
    fetch(repository, plan)
    repository.publish(plan, "main")
    assert remove_model(MODEL, source).freed == SIZE
    assert not repository.folder.exists()
    with pytest.raises(DownloadProblem, match="is not on this machine"):
        verify(source)
