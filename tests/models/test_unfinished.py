"""A download that was begun is known again without the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from textlift.models.download_record import DownloadRecord, RecordedFile, write_record
from textlift.models.hub_cache import repository_folder
from textlift.models.unfinished import UnfinishedDownload, unfinished_download

COMMIT = "0" * 40
LATER = "1" * 40
CONFIG = RecordedFile("config.json", 10, "a" * 40)
WEIGHTS = RecordedFile("model.safetensors", 1000, "b" * 64)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One whose download was begun, and brought nothing yet."""
    folder = repository_folder(tmp_path, "org/it")
    (folder / "blobs").mkdir(parents=True)
    write_record(folder, DownloadRecord(COMMIT, (CONFIG, WEIGHTS)))
    return folder


def found(repository: Path, revision: str = "main") -> UnfinishedDownload | None:
    return unfinished_download(("new/it", "org/it"), revision, [repository.parent])


def bring(repository: Path, file: RecordedFile, count: int) -> None:
    ending = ".textlift.incomplete" if count < file.size else ""
    (repository / "blobs" / f"{file.checksum}{ending}").write_bytes(bytes(count))


def test_nothing_was_begun(tmp_path):
    assert unfinished_download(("org/it", "no/such/name"), "main", [tmp_path / "none"]) is None


def test_what_came_is_counted(repository):
    begun = UnfinishedDownload("org/it", COMMIT, 0, 1010, str(repository))
    assert found(repository) == begun
    bring(repository, CONFIG, 10)
    bring(repository, WEIGHTS, 400)
    assert found(repository).have == 410
    assert found(repository, COMMIT).have == 410
    assert found(repository, LATER) is None


def test_it_is_unfinished_until_all_have_their_names(repository):
    bring(repository, CONFIG, 10)
    bring(repository, WEIGHTS, 1000)
    assert found(repository).have == 1010
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / WEIGHTS.name).symlink_to(Path("../../blobs", WEIGHTS.checksum))
    assert found(repository).have == 1010
    (snapshot / CONFIG.name).write_bytes(bytes(10))
    assert found(repository) is None


def test_of_several_the_one_with_most_counts(repository):
    write_record(repository, DownloadRecord(LATER, (WEIGHTS,)))
    bring(repository, CONFIG, 10)
    assert found(repository).commit == COMMIT


@pytest.mark.parametrize("content", [b"", b"{}", b'{"commit": "1", "files": []}'])
def test_a_damaged_record_is_none(repository, content):
    (repository / "textlift" / f"{COMMIT}.json").write_bytes(content)
    assert found(repository) is None
