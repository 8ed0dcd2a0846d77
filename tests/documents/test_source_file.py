from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from textlift.documents.failures import ReaderError
from textlift.documents.messages import DocumentFailure
from textlift.documents.source_file import check_unchanged, open_source

posix = pytest.mark.skipif(os.name != "posix", reason="needs links, pipes and devices")


def failure_of(path: Path | str) -> ReaderError:
    with pytest.raises(ReaderError) as caught:
        open_source(str(path))
    return caught.value


def test_a_regular_file_is_opened_at_its_beginning(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"content")

    source = open_source(str(path))

    with source.stream as stream:
        assert stream.read() == b"content"
    assert source.fingerprint.size == 7


def test_an_empty_file_says_so(tmp_path):
    path = tmp_path / "a.png"
    path.touch()

    assert failure_of(path).failure is DocumentFailure.EMPTY


@posix
def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")

    error = failure_of(tmp_path / "pipe.png")

    assert error.failure is DocumentFailure.NOT_A_FILE
    assert "pipe" in error.sentence


@posix
def test_a_pipe_that_takes_the_place_of_a_file_is_refused_too(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"content")
    real_open = os.open

    def swap_then_open(name, flags, *rest):
        path.unlink()
        os.mkfifo(path)
        return real_open(name, flags, *rest)

    monkeypatch.setattr(os, "open", swap_then_open)

    assert failure_of(path).failure is DocumentFailure.NOT_A_FILE


@posix
def test_devices_sockets_and_folders_are_no_files(tmp_path):
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "folder.pdf").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))

        assert "device" in failure_of(tmp_path / "zero.png").sentence
        assert "folder" in failure_of(tmp_path / "folder.pdf").sentence
        assert failure_of(tmp_path / "s").failure is DocumentFailure.NOT_A_FILE


@posix
def test_links_that_lead_nowhere_say_so(tmp_path):
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")

    assert "link" in failure_of(tmp_path / "dangling").sentence
    assert "itself" in failure_of(tmp_path / "loop").sentence
    assert failure_of(tmp_path / "loop").failure is DocumentFailure.NOT_FOUND


def test_paths_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()

    assert failure_of(tmp_path / "none").sentence == "There is no such file."
    assert failure_of("zero\0byte").failure is DocumentFailure.NOT_FOUND
    assert failure_of(tmp_path / ("x" * 5000)).failure is DocumentFailure.NOT_FOUND
    assert failure_of(tmp_path / "file" / "below").failure is DocumentFailure.NOT_FOUND


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"content")
    path.chmod(0)

    error = failure_of(path)

    assert error.failure is DocumentFailure.NOT_READABLE
    assert "permission" in error.sentence


def test_a_changed_file_is_told_from_a_deleted_one(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"content")
    source = open_source(str(path))
    source.stream.close()

    check_unchanged(str(path), source.fingerprint)
    path.write_bytes(b"other content")
    with pytest.raises(ReaderError) as changed:
        check_unchanged(str(path), source.fingerprint)
    path.unlink()
    with pytest.raises(ReaderError) as deleted:
        check_unchanged(str(path), source.fingerprint)

    assert changed.value.failure is DocumentFailure.CHANGED
    assert deleted.value.failure is DocumentFailure.NOT_FOUND
    assert "deleted" in deleted.value.sentence
