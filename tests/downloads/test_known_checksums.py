"""What is known without the network of how files should be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from textlift.downloads.known_checksums import known_checksums
from textlift.models.download_record import DownloadRecord, RecordedFile, write_record

COMMIT = "0" * 40
SHA1, SHA256 = "1" * 40, "2" * 64


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """A snapshot with a link, a file of its own and a link that is named by no checksum."""
    folder = tmp_path / "snapshots" / COMMIT
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "blobs").mkdir()
    for name in (SHA256, "etag-2"):
        (tmp_path / "blobs" / name).write_bytes(b"x")
    (folder / "model.safetensors").symlink_to(f"../../blobs/{SHA256}")
    (folder / "README.md").symlink_to("../../blobs/etag-2")
    (folder / "sub" / "config.json").write_text("{}")
    (folder / "tokenizer.json.textlift.incomplete").write_text("{")
    return folder


def listed(repository: Path, files: dict[str, object]) -> None:
    (repository / "trees").mkdir(exist_ok=True)
    content = {"format_version": 1, "files": files}
    (repository / "trees" / f"{COMMIT}.json").write_text(json.dumps(content))


def test_links_are_named_by_checksums(snapshot, tmp_path):
    known = known_checksums(tmp_path, snapshot)
    assert known == {"model.safetensors": SHA256, "README.md": "", "sub/config.json": ""}


def test_the_librarys_own_list_is_used(snapshot, tmp_path):
    files = {
        "sub/config.json": {"size": 2, "blob_id": SHA1},
        "README.md": {"size": 1, "blob_id": "none"},
        "model.safetensors": {"size": 1, "blob_id": SHA1, "lfs_sha256": "3" * 64, "lfs_size": 1},
        "pytorch_model.bin": {"size": 1, "blob_id": SHA1},
    }
    listed(tmp_path, files)
    known = known_checksums(tmp_path, snapshot)
    # What is not here was not wanted, and a link knows better.
    assert known == {"model.safetensors": SHA256, "README.md": "", "sub/config.json": SHA1}


@pytest.mark.parametrize("content", ["", "[]", '{"files": {"a": 1}}'])
def test_a_list_that_is_damaged_says_nothing(snapshot, tmp_path, content):
    listed(tmp_path, {})
    (tmp_path / "trees" / f"{COMMIT}.json").write_text(content)
    assert known_checksums(tmp_path, snapshot)["sub/config.json"] == ""


def test_what_a_download_was_of_should_be_there(snapshot, tmp_path):
    files = (
        RecordedFile("sub/config.json", 2, SHA1),
        RecordedFile("tokenizer.json", 9, SHA1),
        RecordedFile("../outside.json", 9, SHA1),
    )
    write_record(tmp_path, DownloadRecord(COMMIT, files, published=True))
    known = known_checksums(tmp_path, snapshot)
    assert known["sub/config.json"] == known["tokenizer.json"] == SHA1
    assert "../outside.json" not in known
