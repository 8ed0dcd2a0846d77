"""A session that cannot be used: what a person sees in the window, and how they go on."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from doubles import engine_script as do
from doubles.engine_script import EngineScript
from doubles.pages import make_image
from doubles.window_process import WindowProcess
from textlift.content.block import Block, BlockKind
from textlift.content.reading import PageReading
from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.sessions import database
from textlift.sessions.store import SessionStore
from textlift.settings import user_folders
from textlift.ui.reader_thread import PageKey

LOST = "What you read now is lost when you close Textlift."


@pytest.fixture
def old_session(make_session):
    return make_session("Old text")


@pytest.fixture
def make_session():
    """A session with one page that was read."""

    def make(text: str, *, pages: int = 1) -> Path:
        info = DocumentInfo("/nowhere/old.pdf", "PDF", pages, Fingerprint(1, 1))
        path = user_folders().session_file
        with closing(SessionStore(path)) as store:
            document = store.add_document(info, title="old.pdf")
            for page in range(1, pages + 1):
                reading = PageReading(
                    blocks=(Block(kind=BlockKind.TEXT, text=text * 300),), read_by="alpha"
                )
                store.finish_page(
                    document.id, page, reading=reading, attempts=(), width=9, height=9
                )
        return path

    return make


def truncated(path: Path) -> None:
    with path.open("rb+") as file:
        file.truncate(path.stat().st_size // 2)


def garbage(path: Path) -> None:
    path.write_bytes(b"this is no database" * 1000)


def of_a_newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def of_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.commit()


def with_an_unreadable_record(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE pages SET state = 'half-read'")
        connection.commit()


DAMAGES = [truncated, garbage, of_a_newer_version, of_another_program, with_an_unreadable_record]


def labels(driver) -> list[str]:
    return [button.text().replace("&", "") for button in driver.window.banner.action_buttons]


def press(driver, label: str) -> None:
    (button,) = (
        one for one in driver.window.banner.action_buttons if one.text().replace("&", "") == label
    )
    button.click()


def reopened(driver) -> None:
    """What the program does when its window has closed itself to be opened anew."""
    driver.wait(lambda: not driver.window.isVisible())
    desktop = driver.desktop
    driver.close()
    news = desktop.session.last_words()
    assert news is not None
    driver.start(check_pages=False)
    driver.desktop.session.say(news)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_new_session_beside_a_damaged_one(driver, folders, old_session, tmp_path, damage):
    damage(old_session)
    before = old_session.read_bytes()
    driver.script.engine("alpha")
    driver.start(check_pages=False)
    driver.wait(driver.window.banner.isVisible)
    assert driver.window.banner.message.text().endswith(LOST)
    assert labels(driver) == ["Try again", "Start a new session"]
    # It can be worked with at once, and the file is left as it is.
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    driver.window.text.editor.insertPlainText("Mended. ")
    assert old_session.read_bytes() == before

    press(driver, "Try again")
    driver.wait(driver.window.banner.isVisible)
    assert labels(driver) == ["Try again", "Start a new session"]
    assert old_session.read_bytes() == before

    press(driver, "Start a new session")
    reopened(driver)
    kept = old_session.with_name("session.old-1.sqlite3")
    assert kept.read_bytes() == before
    assert kept.name in driver.window.banner.message.text()
    # What was read and edited meanwhile is in the new session.
    (document,) = driver.wait_for_documents(1)
    driver.window.tree.show_page(PageKey(document.id, 1))
    driver.wait(lambda: driver.window.text.current_text() == "Mended. Page 1 read by alpha.")
    driver.close()
    driver.start(check_pages=False)
    assert not driver.window.banner.isVisible()
    assert len(driver.desktop.workspace) == 1


def test_locked_by_another_program_and_let_go(driver, folders, old_session, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.1)
    driver.script.engine("alpha")
    with closing(sqlite3.connect(old_session, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        driver.start(check_pages=False)
        driver.wait(driver.window.banner.isVisible)
        assert "in use by another program" in driver.window.banner.message.text()
        assert labels(driver) == ["Try again"], "a file in use is not renamed"
        driver.open(make_image(tmp_path / "a.png", 1))
        driver.wait_until_read()
        press(driver, "Try again")
        driver.wait(driver.window.banner.isVisible)
        other.execute("ROLLBACK")
    press(driver, "Try again")
    reopened(driver)
    old, new = driver.wait_for_documents(2)
    assert (old.title, new.title) == ("old.pdf", "a.png")
    assert driver.window.banner.message.text() == "The session can be used again."


def no_room(*_: object, **__: object) -> None:
    raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")


def test_no_room_for_temporary_files(driver, old_session, monkeypatch):
    """A session that can be used is; one that cannot is told of, and tried again."""
    monkeypatch.setattr(tempfile, "TemporaryDirectory", no_room)
    driver.script.engine("alpha")
    driver.start(check_pages=False)
    assert len(driver.desktop.workspace) == 1
    driver.close()
    content = old_session.read_bytes()
    garbage(old_session)
    desktop = driver.start(restored=False, check_pages=False)
    driver.wait(driver.window.banner.isVisible)
    assert "No usable temporary directory found" in driver.window.banner.message.text()
    old_session.write_bytes(content)
    press(driver, "Try again")
    reopened(driver)
    assert desktop.session.last_words().kind == "info"
    assert [document.title for document in driver.desktop.workspace] == ["old.pdf"]


def test_pages_that_waited_in_the_temporary_session_wait_in_the_real_one(
    driver, folders, old_session, tmp_path
):
    garbage(old_session)
    driver.script.engine("alpha", pages={1: [do.HANG, do.READ]})
    driver.start(check_pages=False)
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait(lambda: driver.script.told("alpha"))
    press(driver, "Start a new session")
    reopened(driver)
    driver.window.actions_["read"].trigger()
    driver.wait_until_read()


@pytest.fixture
def open_folder(monkeypatch):
    """A home that other users find, which those in pytest's own folders are not."""
    folder = Path(tempfile.mkdtemp(prefix="textlift-test-"))
    folder.chmod(0o755)
    monkeypatch.setenv("TEXTLIFT_HOME", str(folder / "home"))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs another user")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_read_only(open_folder, make_session, what):
    """As another user, who may read the session and not write it."""
    session = make_session("Old text")
    before = session.read_bytes()
    session.parent.chmod(0o777 if what == "file" else 0o755)
    session.chmod(0o444 if what == "file" else 0o644)
    script = EngineScript(open_folder / "script")
    script.engine("alpha")
    for ours in (script.folder, script.folder / "told", script.folder / "script.json"):
        ours.chmod(0o777)
    window = WindowProcess(script, prefix=["setpriv", "--reuid=65534", "--clear-groups"])
    try:
        said = window.wait_for(lambda line: line.startswith("unusable"))
        assert "Allow this user to" in said
        window.tell("banner")
        assert "Try again" in window.wait_for(lambda line: line.startswith("banner"))
        assert session.read_bytes() == before
        session.chmod(0o666)
        session.parent.chmod(0o777)
        window.tell("press Try again")
        window.wait_for("added /nowhere/old.pdf")
        window.tell("banner")
        window.wait_for("banner The session can be used again. []")
        assert window.close() == 0
    finally:
        window.end()


def test_the_whole_program_opens_its_window_anew(start, script, folders, old_session, tmp_path):
    garbage(old_session)
    script.engine("alpha")
    window = start(make_image(tmp_path / "a.png", 1))
    window.wait_for("finished 1 1")
    window.tell("press Start a new session")
    window.wait_for(lambda line: window.said.count("ready") == 2)
    window.tell("banner")
    assert "session.old-1.sqlite3" in window.wait_for(lambda line: line.startswith("banner"))
    # It is the only window still.
    assert start(make_image(tmp_path / "b.png", 2)).wait() == 0
    window.wait_for("finished 2 1")
    assert window.close() == 0
    with closing(SessionStore(folders.session_file)) as store:
        assert [one.title for one in store.documents()] == ["a.png", "b.png"]
        assert len(script.told()) == 2
