"""Checksums of files on disks that do not give all of them."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from textlift.downloads import checksums
from textlift.downloads.failures import DownloadProblem
from textlift.downloads.messages import DownloadFailure, HubModel, Source, WebFile
from textlift.downloads.verifying import verify_model
from textlift.downloads.web_file import verify_file
from textlift.models.download_record import DownloadRecord, RecordedFile, write_record
from textlift.processes.cancellation import Cancellation

CONTENT = b"{}"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch):
    """Has reading fail with an error."""

    def breaking(number: int) -> None:
        def fail(*_: object, **__: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(checksums, "add_file", fail)

    return breaking


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The one file of a model in a cache."""
    repository = tmp_path / "cache" / "models--tiny--reader"
    commit = "c" * 40
    path = repository / "snapshots" / commit / "config.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    record = DownloadRecord(commit, (RecordedFile(path.name, len(CONTENT), SHA256),))
    write_record(repository, record)
    return path


def verify(path: Path):
    cache = str(path.parents[3])
    return verify_model(
        HubModel(("tiny/reader",), path.parent.name),
        Source(cache=cache),
        on_fetching=lambda _: None,
        cancellation=Cancellation(),
    )


def test_what_the_disk_gives_a_part_of_is_damaged(model: Path, breaking) -> None:
    assert not verify(model).damaged
    breaking(errno.EIO)
    assert verify(model).damaged == ("config.json",)
    assert not model.exists()


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENXIO])
def test_what_cannot_be_read_is_not_taken_for_damaged(model: Path, breaking, number: int) -> None:
    breaking(number)
    with pytest.raises(DownloadProblem) as problem:
        verify(model)
    assert problem.value.failure is DownloadFailure.DISK
    assert str(model) in problem.value.sentence
    assert model.read_bytes() == CONTENT


def test_an_alphabet_that_cannot_be_read_stays(tmp_path: Path, breaking) -> None:
    path = tmp_path / "alphabet.onnx"
    path.write_bytes(CONTENT)
    breaking(errno.EACCES)
    with pytest.raises(DownloadProblem, match="cannot be read"):
        verify_file(
            WebFile("https://example.org/alphabet.onnx", SHA256, str(path)),
            on_fetching=lambda _: None,
            cancellation=Cancellation(),
        )
    assert path.read_bytes() == CONTENT
