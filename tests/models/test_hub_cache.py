"""The cache is found and read as the library that made it does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from textlift.models.hub_cache import (
    cache_folders,
    cached_snapshots,
    default_cache,
    is_hub_id,
    known_commit,
    reference_path,
    repository_folder,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"XDG_CACHE_HOME": "/drive/cache"},
        {"HF_HOME": "/drive/hf"},
        {"HF_HOME": "~/hf", "XDG_CACHE_HOME": "/drive/cache"},
        {"HF_HOME": "$HOME/hf"},
        {"HUGGINGFACE_HUB_CACHE": "/drive/old", "HF_HOME": "/drive/hf"},
        {"HF_HUB_CACHE": "~/hub", "HUGGINGFACE_HUB_CACHE": "/drive/old"},
    ],
)
def test_the_users_own_cache_is_that_of_the_library(environment, monkeypatch, tmp_path):
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    told = subprocess.run(
        [sys.executable, "-c", "from huggingface_hub import constants as c; print(c.HF_HUB_CACHE)"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert default_cache() == Path(told.stdout.rstrip("\n"))


def test_the_chosen_folder_counts_first(monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", "/own")
    assert cache_folders("") == (Path("/own"),)
    assert cache_folders("/chosen") == (Path("/chosen"), Path("/own"))
    assert cache_folders("/own") == (Path("/own"),)


def library_finds(cache: Path, hub_id: str, name: str, revision: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(hub_id, name, cache_dir=cache, revision=revision)
    return Path(found) if isinstance(found, str) else None


@pytest.mark.parametrize("revision", ["main", "v1.0", "refs/pr/7", COMMIT, OTHER, "gone"])
@pytest.mark.parametrize("hub_id", ["org/dots.ocr", "gpt2"])
def test_a_snapshot_is_where_the_library_has_it(tmp_path, hub_id, revision):
    repository = repository_folder(tmp_path, hub_id)
    for reference in ("main", "v1.0", "refs/pr/7"):
        path = repository / "refs" / reference
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(COMMIT)
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    ours = [one / "config.json" for one in cached_snapshots((hub_id,), revision, [tmp_path])]
    theirs = library_finds(tmp_path, hub_id, "config.json", revision)
    assert ours == ([theirs] if theirs is not None else [])
    assert bool(ours) == (revision not in {OTHER, "gone"})


@pytest.mark.parametrize("content", ["", "main", "../../..", COMMIT[:-1], COMMIT + "\0", "ж" * 40])
def test_a_reference_that_holds_no_commit_leads_nowhere(tmp_path, content):
    repository = repository_folder(tmp_path, "org/it")
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(content, encoding="utf-8")
    assert known_commit(repository, "main") is None


@pytest.mark.parametrize("revision", ["../main", "/main", "a/../../b", "", "c:\\x", "a\\b", "a\0b"])
def test_a_revision_never_leads_out_of_its_folder(tmp_path, revision):
    assert reference_path(tmp_path, revision) is None
    assert known_commit(tmp_path, revision) is None


@pytest.mark.parametrize(
    "name", ["../x", "a/b/c", "a/..", "/a", "a\\b", "", "a--b/c", "a b", "é/x"]
)
def test_what_is_no_name_of_a_repository_is_no_folder(tmp_path, name):
    assert not is_hub_id(name)
    with pytest.raises(ValueError, match="no name of a repository"):
        repository_folder(tmp_path, name)
    assert list(cached_snapshots((name,), "main", [tmp_path])) == []
