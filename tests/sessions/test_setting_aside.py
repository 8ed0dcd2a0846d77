"""A session that is set aside keeps everything that belongs to it, or stays where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from textlift.sessions.setting_aside import set_aside


@pytest.fixture
def session(tmp_path: Path) -> Path:
    for end in ("", "-wal", "-shm"):
        (tmp_path / f"session.sqlite3{end}").write_text(f"the session{end}")
    return tmp_path / "session.sqlite3"


def _contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_all_files_go_together_under_a_free_name(session):
    (session.parent / "session.old-1.sqlite3-wal").write_text("of another one")
    kept = set_aside(session)
    assert kept.name == "session.old-2.sqlite3"
    assert _contents(session.parent) == {
        "session.old-1.sqlite3-wal": "of another one",
        "session.old-2.sqlite3": "the session",
        "session.old-2.sqlite3-wal": "the session-wal",
        "session.old-2.sqlite3-shm": "the session-shm",
    }


def test_what_was_moved_comes_back_when_the_rest_cannot_go(session, monkeypatch):
    before = _contents(session.parent)
    rename = Path.rename

    def fails_for_the_file(path: Path, target: Path) -> Path:
        if path == session:
            raise PermissionError("not allowed")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails_for_the_file)
    with pytest.raises(PermissionError):
        set_aside(session)
    assert _contents(session.parent) == before
