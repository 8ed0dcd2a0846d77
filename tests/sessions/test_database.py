"""A session file that cannot be used is left as it is, and a sentence says so."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from textlift.sessions import database
from textlift.sessions.errors import SessionError
from textlift.sessions.store import SessionStore


def refused(path: Path) -> str:
    with pytest.raises(SessionError) as caught:
        SessionStore(path)
    sentence = caught.value.sentence
    assert str(path) in sentence
    assert sentence.endswith(".")
    assert "sqlite" not in sentence.replace(str(path), "").lower()
    return sentence


def filled(path: Path, make_info, make_reading, pages: int = 100) -> None:
    with closing(SessionStore(path)) as store:
        document = store.add_document(make_info(pages=pages), title="x")
        for number in range(1, pages + 1):
            store.finish_page(
                document.id,
                number,
                reading=make_reading("word " * 400),
                attempts=(),
                width=1,
                height=1,
            )


def test_newer_version(session_path):
    SessionStore(session_path).close()
    with closing(sqlite3.connect(session_path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = session_path.read_bytes()
    assert "newer Textlift" in refused(session_path)
    assert session_path.read_bytes() == before


def test_newer_version_that_lies_in_the_write_ahead_log(session_path):
    """As a newer Textlift leaves it that was killed: the file itself is not written either."""
    store = SessionStore(session_path)
    with closing(sqlite3.connect(session_path)) as connection:
        connection.execute("PRAGMA user_version = 99")
        files = [session_path, session_path.with_name(session_path.name + "-wal")]
        left = [file.read_bytes() for file in files]
    store.close()
    for file, content in zip(files, left, strict=True):
        file.write_bytes(content)
    assert "newer Textlift" in refused(session_path)
    assert [file.read_bytes() for file in files] == left


def test_database_of_another_program(tmp_path):
    path = tmp_path / "bookmarks.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.commit()
    before = path.read_bytes()
    assert "another program" in refused(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"x", b"not a database " * 100, b"%PDF-1.7\n" * 40])
def test_no_database_at_all(tmp_path, content):
    path = tmp_path / "session.sqlite3"
    path.write_bytes(content)
    sentence = refused(path)
    assert "left as it is" in sentence
    assert path.read_bytes() == content


def test_looking_changes_nothing(session_path, make_info, make_reading):
    filled(session_path, make_info, make_reading, pages=3)
    before = session_path.read_bytes()
    with closing(SessionStore(session_path)) as store:
        list(store.pages(1))
    assert session_path.read_bytes() == before


def test_empty_file_becomes_a_session(session_path):
    session_path.parent.mkdir(parents=True)
    session_path.touch()
    SessionStore(session_path).close()


@pytest.mark.parametrize("share", [0.0005, 0.1, 0.5, 0.99])
def test_truncated(session_path, make_info, make_reading, share):
    filled(session_path, make_info, make_reading)
    content = session_path.read_bytes()
    session_path.write_bytes(content[: int(len(content) * share)])
    assert "damaged" in refused(session_path)
    assert session_path.stat().st_size == int(len(content) * share)


def test_damage_in_the_middle_is_a_sentence_when_it_is_met(session_path, make_info, make_reading):
    filled(session_path, make_info, make_reading)
    content = bytearray(session_path.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 2048] = b"\xa5" * 2048
    session_path.write_bytes(content)
    with pytest.raises(SessionError) as caught, closing(SessionStore(session_path)) as store:
        list(store.pages(1))
    assert "damaged" in caught.value.sentence


def test_record_that_does_not_decode(session_path, make_info, make_reading):
    filled(session_path, make_info, make_reading, pages=1)
    with closing(sqlite3.connect(session_path)) as connection:
        connection.execute("UPDATE pages SET reading = x'c1'")
        connection.commit()
    with closing(SessionStore(session_path)) as store:
        with pytest.raises(SessionError, match="cannot be read"):
            store.page(1, 1)


def test_state_of_a_later_version(session_path, make_info, make_reading):
    filled(session_path, make_info, make_reading, pages=1)
    with closing(sqlite3.connect(session_path)) as connection:
        connection.execute("UPDATE pages SET state = 'half-read'")
        connection.commit()
    with closing(SessionStore(session_path)) as store:
        with pytest.raises(SessionError, match="cannot be read"):
            store.page(1, 1)
        with pytest.raises(SessionError, match="cannot be read"):
            store.page_states(1)


def test_locked(session_path, make_info, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.05)
    store = SessionStore(session_path)
    with closing(sqlite3.connect(session_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "in use" in refused(session_path)
        with pytest.raises(SessionError, match="in use"):
            store.add_document(make_info(), title="x")
        other.execute("ROLLBACK")
    store.add_document(make_info(), title="x")
    store.close()


def test_folder_in_its_place(tmp_path):
    assert "not a file" in refused(tmp_path)


def test_file_in_place_of_its_folder(tmp_path):
    (tmp_path / "data").write_text("x")
    path = tmp_path / "data" / "session.sqlite3"
    assert "cannot be kept" in refused(path)


def test_not_writable(make_info):
    folder = Path(tempfile.mkdtemp(prefix="textlift-test-"))
    path = folder / "session.sqlite3"
    try:
        SessionStore(path).close()
        path.chmod(0o444)
        folder.chmod(0o555)
        with nobody():
            assert "Allow this user" in refused(path)
            assert "Allow this user" in refused(folder / "new.sqlite3")
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs another user")
def test_file_that_cannot_be_written_in_a_folder_that_can():
    folder = Path(tempfile.mkdtemp(prefix="textlift-test-"))
    path = folder / "session.sqlite3"
    try:
        SessionStore(path).close()
        path.chmod(0o444)
        folder.chmod(0o777)
        with nobody():
            assert "cannot be written" in refused(path)
        assert [file.name for file in folder.iterdir()] == ["session.sqlite3"]
    finally:
        shutil.rmtree(folder)


@contextmanager
def nobody():
    """Root may write everywhere, so for a moment this is another user."""
    if os.name != "posix" or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_only_the_user_may_read_the_session(tmp_path):
    path = tmp_path / "session.sqlite3"
    with closing(database.open_database(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
        rights = {one.name: one.stat().st_mode & 0o777 for one in tmp_path.iterdir()}
    assert set(rights) >= {"session.sqlite3", "session.sqlite3-wal"}
    assert set(rights.values()) == {0o600}
