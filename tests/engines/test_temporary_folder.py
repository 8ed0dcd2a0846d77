"""Folders for temporary files stay while their process lives, and no longer."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from textlift.engines import temporary_folder
from textlift.engines.temporary_folder import claim_temporary_folder, remove_abandoned_folders

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="engines are confined on Linux")

LONG_AGO = 1_000_000_000
OTHER = """
import sys
from pathlib import Path
from textlift.engines.temporary_folder import claim_temporary_folder
print(claim_temporary_folder(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch):
    """Lets go of what this process has locked."""
    locks: list[int] = []
    monkeypatch.setattr(temporary_folder, "_held", locks)
    yield locks
    for lock in locks:
        os.close(lock)


def test_a_folder_stays_until_its_process_has_ended(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        folder = Path(other.stdout.readline().strip())
        # Its process id says nothing: it may be one of another machine.
        os.utime(folder, (LONG_AGO, LONG_AGO))
        remove_abandoned_folders(tmp_path)
        assert names(tmp_path) == {folder.name}
        other.kill()
    (folder / "crop.png").write_bytes(b"x")
    remove_abandoned_folders(tmp_path)
    assert names(tmp_path) == set()


def test_two_processes_with_the_same_id_have_two_folders(tmp_path: Path, held: list[int]):
    one, other = claim_temporary_folder(tmp_path), claim_temporary_folder(tmp_path)
    assert one != other
    assert len(held) == 2
    remove_abandoned_folders(tmp_path)
    assert names(tmp_path) == {one.name, other.name}


def test_a_folder_that_is_being_made_is_left_alone(tmp_path: Path):
    for name, age in (("1-old", LONG_AGO), ("2-young", None)):
        (tmp_path / name).mkdir()
        if age is not None:
            os.utime(tmp_path / name, (age, age))
    remove_abandoned_folders(tmp_path)
    assert names(tmp_path) == {"2-young"}


def test_a_folder_that_was_removed_before_it_was_locked_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: list[int]
):
    lock = temporary_folder._lock
    removed = []

    def lock_late(descriptor: int, *, wait: bool) -> None:
        if wait and not removed:
            removed.append(names(tmp_path))
            remove_abandoned_folders(tmp_path)
        lock(descriptor, wait=wait)

    monkeypatch.setattr(temporary_folder, "_lock", lock_late)
    folder = claim_temporary_folder(tmp_path)
    assert names(tmp_path) == {folder.name}
    assert folder.name not in removed[0]
    assert len(held) == 1


def test_where_there_are_no_locks_only_old_folders_of_nobody_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: list[int]
):
    def no_locks(_descriptor: int, *, wait: bool) -> None:
        raise OSError(errno.ENOLCK, f"No locks ({wait})")

    monkeypatch.setattr(temporary_folder, "_lock", no_locks)
    own = claim_temporary_folder(tmp_path)
    gone = tmp_path / "999999998-x"
    young = tmp_path / "999999997-x"
    for folder in (gone, young):
        folder.mkdir()
        (folder / temporary_folder._LOCK).touch()
    for folder in (own, gone):
        os.utime(folder, (LONG_AGO, LONG_AGO))
    remove_abandoned_folders(tmp_path)
    assert names(tmp_path) == {own.name, young.name}
    assert len(held) == 1


def test_no_folder_is_no_error(tmp_path: Path):
    remove_abandoned_folders(tmp_path / "missing")
