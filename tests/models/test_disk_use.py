from __future__ import annotations

from pathlib import Path

import pytest

from doubles.hub_repository import made_up_model
from textlift.models.disk_use import folder_size, free_space, model_disk_use

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """A whole checkpoint whose files are links into the folder of blobs, as in the hub's cache."""
    folder, blobs = tmp_path / "snapshots" / COMMIT, tmp_path / "blobs"
    folder.mkdir(parents=True)
    blobs.mkdir()
    for name, content in made_up_model(size=10_000).items():
        (blobs / name).write_bytes(content)
        (folder / name).symlink_to(blobs / name)
    return folder


def test_a_whole_checkpoint(snapshot):
    use = model_disk_use(snapshot)
    assert use.path == str(snapshot)
    assert use.commit == COMMIT
    assert use.missing == ""
    assert use.size == sum(path.stat().st_size for path in snapshot.iterdir())


def test_what_is_not_there_does_not_count_and_is_missed(snapshot):
    (snapshot / "model.safetensors").resolve().unlink()
    use = model_disk_use(snapshot)
    assert use.size < 10_000
    assert "model.safetensors" in use.missing


def test_a_file_with_two_names_counts_once(snapshot):
    before = folder_size(snapshot)
    (snapshot / "again.json").symlink_to((snapshot / "config.json").resolve())
    assert folder_size(snapshot) == before


def test_a_folder_that_is_gone_takes_nothing(tmp_path):
    assert folder_size(tmp_path / "gone") == 0


def test_free_space_of_a_folder_that_is_yet_to_be_made(tmp_path):
    assert free_space(tmp_path / "a" / "b") > 0
