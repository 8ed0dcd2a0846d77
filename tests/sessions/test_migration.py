"""A session of an earlier version is converted whole, with a backup of it beside, or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from doubles.small_disk import SmallDisk
from textlift.content.attempt import Attempt, FailureKind
from textlift.content.page import EditedLine, PageEdit, PageState
from textlift.sessions import migrations
from textlift.sessions.errors import SessionError
from textlift.sessions.migrations import APPLICATION_ID, MIGRATIONS
from textlift.sessions.store import SessionStore

FAILED_FIRST = Attempt("tesseract", "cpu", 5.0, 1.0, FailureKind.CRASHED, "It crashed.")
FAILED_LATER = Attempt("tesseract", "cpu", 9.0, 1.0, FailureKind.TIMED_OUT, "It took too long.")
GOOD = Attempt("pp-ocrv6", "cpu", 10.0, 1.0)
EDIT = PageEdit((EditedLine("Mended", 0),))


def write_version_1(path: Path, reading) -> None:
    """A document of three pages: read again and edited, unread, waiting."""
    path.parent.mkdir(parents=True, exist_ok=True)
    encode = msgspec.msgpack.encode
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(MIGRATIONS[0])
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
        connection.execute(
            "INSERT INTO documents (title, path, format, page_count, size, modified_ns, added_at)"
            " VALUES ('scan.pdf', '/home/me/scan.pdf', 'PDF', 3, 1234, 5, 1.0)"
        )
        connection.execute(
            "INSERT INTO pages (document_id, number, state, failures, attempts, edit, reading)"
            " VALUES (1, 1, 'done-with-warnings', 1, ?, ?, ?)",
            (encode((FAILED_LATER, GOOD)), encode(EDIT), encode(reading)),
        )
        connection.execute(
            "INSERT INTO history (document_id, number, replaced_at, attempts)"
            " VALUES (1, 1, 8.0, ?)",
            (encode((FAILED_FIRST,)),),
        )
        connection.execute(
            "INSERT INTO queue (document_id, number, plan) VALUES (1, 3, ?)",
            (encode({"order": ["pp-ocrv6"]}),),
        )
        connection.commit()


@pytest.fixture
def version_1(session_path, make_reading) -> Path:
    write_version_1(session_path, make_reading("Old text"))
    return session_path


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute("PRAGMA user_version").fetchone()[0]


def backups(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir() if ".v" in file.name)


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_all_that_was_there_is_there(version_1):
    with closing(SessionStore(version_1)) as store:
        (document,) = store.documents()
        pages = list(store.pages(document.id))
        assert [page.state for page in pages] == [
            PageState.WARNED,
            PageState.UNREAD,
            PageState.QUEUED,
        ]
        assert (pages[0].reading.text, pages[0].edit) == ("Old text", EDIT)
        assert pages[0].attempts == (FAILED_LATER, GOOD)
        assert pages[0].ticked == ()
        assert [one.attempts for one in store.earlier(document.id, 1)] == [(FAILED_FIRST,)]
        assert store.opinions(document.id, 1) == ()
        failures = [(one.page, one.title, one.attempt) for one in store.failures()]
        assert failures == [(1, "scan.pdf", FAILED_FIRST), (1, "scan.pdf", FAILED_LATER)]
    assert version_of(version_1) == len(MIGRATIONS)


def test_backup_has_all_of_the_file_before(version_1):
    before = dump(version_1)
    version_1.chmod(0o600)
    SessionStore(version_1).close()
    assert backups(version_1) == ["session.v1.sqlite3"]
    backup = version_1.with_name("session.v1.sqlite3")
    assert dump(backup) == before
    assert version_of(backup) == 1
    assert os.name != "posix" or backup.stat().st_mode & 0o777 == 0o600
    # It is a session like any other, should somebody want to go back.
    with closing(SessionStore(backup)) as store:
        assert store.page(1, 1).reading.text == "Old text"


def test_backup_has_what_lies_in_the_write_ahead_log(session_path, make_reading, tmp_path):
    write_version_1(session_path, make_reading("Old text"))
    elsewhere = tmp_path / "killed" / "session.sqlite3"
    elsewhere.parent.mkdir()
    with closing(sqlite3.connect(session_path)) as connection:
        connection.execute("UPDATE documents SET title = 'renamed'")
        connection.commit()
        for file in session_path.parent.iterdir():
            shutil.copy(file, elsewhere.with_name(file.name))
    SessionStore(elsewhere).close()
    with closing(sqlite3.connect(elsewhere.with_name("session.v1.sqlite3"))) as connection:
        assert connection.execute("SELECT title FROM documents").fetchall() == [("renamed",)]


def test_new_session_and_one_of_this_version_have_no_backup(session_path):
    for _ in range(2):
        SessionStore(session_path).close()
    assert backups(session_path) == []


def test_earlier_backup_is_never_overwritten(version_1, make_reading):
    """A person went back to the old version and on again: both states are kept."""
    SessionStore(version_1).close()
    first = version_1.with_name("session.v1.sqlite3")
    content = first.read_bytes()
    version_1.unlink()
    write_version_1(version_1, make_reading("Read later"))
    SessionStore(version_1).close()
    assert backups(version_1) == ["session.v1-2.sqlite3", "session.v1.sqlite3"]
    assert first.read_bytes() == content


def test_migration_that_fails_changes_nothing(version_1, monkeypatch):
    before = dump(version_1)
    bad = "ALTER TABLE documents ADD COLUMN note TEXT; ALTER TABLE nothing ADD COLUMN x;"
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, bad))
    for _ in range(2):
        with pytest.raises(SessionError):
            SessionStore(version_1)
        assert dump(version_1) == before
    # Tried twice, backed up once: the same content is not kept twice.
    assert backups(version_1) == ["session.v1.sqlite3"]
    monkeypatch.undo()
    SessionStore(version_1).close()
    assert version_of(version_1) == len(MIGRATIONS)


def test_without_room_for_the_backup_nothing_is_converted(version_1):
    before = dump(version_1)
    # A folder in its way stands for everything that keeps a file from being written.
    in_the_way = version_1.with_name("session.v1.part")
    in_the_way.mkdir()
    with pytest.raises(SessionError) as caught:
        SessionStore(version_1)
    assert "no copy of it can be kept" in caught.value.sentence
    assert dump(version_1) == before
    in_the_way.rmdir()
    SessionStore(version_1).close()
    assert backups(version_1) == ["session.v1.sqlite3"]


def test_record_that_does_not_decode_does_not_hold_up_the_rest(version_1):
    with closing(sqlite3.connect(version_1)) as connection:
        connection.execute("UPDATE history SET attempts = x'c1'")
        connection.commit()
    with closing(SessionStore(version_1)) as store:
        assert [one.attempt for one in store.failures()] == [FAILED_LATER]


KILLED_WHILE_IT_CONVERTS = """
import os, signal, sys
from pathlib import Path
from textlift.sessions import migrations
from textlift.sessions.store import SessionStore

def die(connection):
    os.kill(os.getpid(), signal.SIGKILL)

migrations._FILLS[2] = die
SessionStore(Path(sys.argv[1]))
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_killed_while_it_converts(version_1):
    before = dump(version_1)
    for _ in range(2):
        ended = subprocess.run(
            [sys.executable, "-c", KILLED_WHILE_IT_CONVERTS, str(version_1)], check=False
        )
        assert ended.returncode == -signal.SIGKILL
        assert dump(version_1) == before
    SessionStore(version_1).close()
    assert version_of(version_1) == len(MIGRATIONS)
    assert backups(version_1) == ["session.v1.sqlite3"]


ON_A_FULL_DISK = """
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[2])
from doubles.small_disk import take_all_room
from sessions.test_migration import dump, write_version_1
from textlift.content.block import Block, BlockKind
from textlift.content.reading import PageReading
from textlift.sessions.errors import SessionError
from textlift.sessions.store import SessionStore

path = Path(sys.argv[1]) / "session.sqlite3"
block = Block(kind=BlockKind.TEXT, text="word " * 200_000)
write_version_1(path, PageReading(blocks=(block,), read_by="alpha"))
before = dump(path)
content = path.read_bytes()
film = path.with_name("film.mkv")
take_all_room(film)
try:
    SessionStore(path)
except SessionError as error:
    print(error.sentence)
assert path.read_bytes() == content
film.unlink()
with film.open("wb") as stream:  # Room for the log, and not for a copy.
    stream.write(bytes(int(2.7e6)))
try:
    SessionStore(path)
except SessionError as error:
    print(error.sentence)
assert dump(path) == before
film.unlink()
left = sorted(file.name for file in path.parent.iterdir())
assert left == ["session.sqlite3"], left
store = SessionStore(path)
print(store.page(1, 1).edit.lines[0].text)
store.close()
assert dump(path.with_name("session.v1.sqlite3")) == before
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs a tmpfs")
def test_disk_full_while_it_is_backed_up(tmp_path):
    disk = SmallDisk(tmp_path / "disk", 4)
    tests = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path / "disk"), str(tests)]
    done = subprocess.run(
        [*disk.prefix, *command], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    *sentences, text = done.stdout.splitlines()
    assert len(sentences) == 2
    assert all(one.startswith("The disk is full") for one in sentences)
    assert text == "Mended"
