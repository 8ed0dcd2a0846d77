"""Whether there is room for a download."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from textlift.downloads import planning
from textlift.downloads.failures import DownloadProblem
from textlift.downloads.messages import DownloadFailure
from textlift.downloads.planning import check_room, disk_free


def fail(*_: object) -> int:
    raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))


def test_a_disk_that_is_not_there_is_not_called_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "free_space", fail)
    with pytest.raises(DownloadProblem) as problem:
        check_room(tmp_path, 1, remedy="make room")
    assert problem.value.failure is DownloadFailure.DISK
    assert str(tmp_path) in problem.value.sentence
    assert disk_free(tmp_path) == 0


def test_some_room_is_left_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "free_space", lambda _: 1_000_000_000)
    check_room(tmp_path, 900_000_000, remedy="make room")
    with pytest.raises(DownloadProblem, match=r"lacks 50 MB; make room\.") as problem:
        check_room(tmp_path, 950_000_000, remedy="make room")
    assert problem.value.failure is DownloadFailure.DISK_FULL


def test_what_is_all_here_needs_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "free_space", fail)
    check_room(tmp_path, 0, remedy="make room")
