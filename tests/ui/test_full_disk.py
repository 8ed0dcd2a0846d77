"""A disk that fills up while pages are stored, drawn and exported; and room that is made."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing

import pytest

from doubles import engine_script as do
from doubles.pages import make_pdf
from doubles.small_disk import SmallDisk
from textlift.content.page import PageState
from textlift.sessions.store import SessionStore

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a tmpfs")

PAGES = 6


def copied(disk: SmallDisk, pid: int, to):
    """The session as it is now, which goes with the process."""
    for file in disk.seen_from_outside(pid).glob("session.sqlite3*"):
        shutil.copy(file, to / file.name)
    return to / "session.sqlite3"


def test_while_pages_and_edits_are_stored(start, script, folders, tmp_path):
    disk = SmallDisk(folders.data, 2)
    gate = script.make_gate("gate")
    long = "A long line of a page, so that there is something to store. " * 2000
    script.engine("alpha", pages={3: [do.gate(gate), do.read(long)]}, default=do.READ)
    window = start(make_pdf(tmp_path / "scan.pdf", PAGES), prefix=disk.prefix)
    window.wait_for("finished 1 2")
    window.tell("edit 1 1 before")
    window.wait_for("edited before")
    film = disk.fill(window.pid)
    window.tell("edit 1 1 " + "after " * 3000)
    window.wait_for(lambda line: line.startswith("problem The disk is full"))
    # It is still there when the page is looked at again.
    window.wait_for(lambda line: line.startswith("edited after"))
    script.open_gate(gate)
    window.tell("banner")
    assert "Make room" in window.wait_for(lambda line: line.startswith("banner"))

    window.wait_for("idle")
    film.unlink()
    window.wait_for("edits stored")
    window.tell("read")
    for page in range(3, PAGES + 1):
        window.wait_for(f"finished 1 {page}")
    with closing(SessionStore(copied(disk, window.pid, tmp_path))) as store:
        pages = list(store.pages(1))
        assert store.queued() == ()
    assert [page.state for page in pages] == [PageState.DONE] * PAGES
    assert pages[0].edit.lines[0].text.startswith("after after")
    assert window.close() == 0


def test_while_pages_are_drawn(start, script, folders, tmp_path):
    disk = SmallDisk(folders.cache, 2)
    gate = script.make_gate("gate")
    script.engine("alpha", pages={2: do.gate(gate)})
    window = start(make_pdf(tmp_path / "scan.pdf", PAGES), prefix=disk.prefix)
    window.wait_for("finished 1 1")
    film = disk.fill(window.pid)
    script.open_gate(gate)
    window.wait_for(lambda line: line.startswith("braked The disk is full"))
    window.wait_for("idle")
    film.unlink()
    window.tell("read")
    for page in range(2, PAGES + 1):
        window.wait_for(f"finished 1 {page}")
    assert window.close() == 0
    with closing(SessionStore(folders.session_file)) as store:
        assert [page.state for page in store.pages(1)] == [PageState.DONE] * PAGES
        assert list(store.failures()) == []


EXPORT = """
import sys
from pathlib import Path
from textlift.content.block import Block, BlockKind
from textlift.content.page import PageRecord, PageState
from textlift.content.reading import PageReading
from textlift.exports import EXPORTERS
from textlift.exports.contract import ExportDocument
from textlift.exports.writing import ExportError, export_file

folder = Path(sys.argv[1])
reading = PageReading(blocks=(Block(kind=BlockKind.TEXT, text="word " * 20_000),), read_by="x")
pages = [PageRecord(number=n, state=PageState.DONE, reading=reading) for n in range(1, 31)]
exporter = EXPORTERS["txt"]

def export(pages):
    document = ExportDocument(title="book", path="", page_count=len(pages), pages=pages)
    export_file(folder / "book.txt", exporter=exporter, documents=[document], overwrite=True)

export(pages[:5])
before = (folder / "book.txt").read_bytes()
film = folder / "film.mkv"
film.write_bytes(bytes(1_000_000))
try:
    export(pages)
except ExportError as error:
    print(error)
assert (folder / "book.txt").read_bytes() == before
assert sorted(path.name for path in folder.iterdir()) == ["book.txt", "film.mkv"]
film.unlink()
(folder / "book.txt").unlink()
export(pages)
assert (folder / "book.txt").stat().st_size > 3_000_000
print("exported")
"""


def test_while_it_exports(tmp_path):
    disk = SmallDisk(tmp_path / "exports", 4)
    done = subprocess.run(
        [*disk.prefix, sys.executable, "-c", EXPORT, str(tmp_path / "exports")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    sentence, exported = done.stdout.splitlines()
    assert "disk is full" in sentence
    assert exported == "exported"


def test_closing_asks_where_changes_would_be_lost(driver, tmp_path, monkeypatch):
    """The session's file is made to refuse every change, and then no more."""
    driver.script.engine("alpha")
    driver.start(check_pages=False)
    driver.open(make_pdf(tmp_path / "scan.pdf", 1))
    driver.wait_until_read()
    session = driver.desktop.workspace.session
    session.ask(lambda store: store._file._connection.execute("PRAGMA query_only = ON"))
    driver.wait(lambda: driver.window.text.current_text() == "Page 1 read by alpha.")
    driver.window.text.editor.insertPlainText("Mine. ")
    driver.window.close()
    driver.press("Stay")
    assert driver.window.isVisible()
    assert "stay in the window" in driver.window.banner.message.text()
    session.ask(lambda store: store._file._connection.execute("PRAGMA query_only = OFF"))
    driver.wait(lambda: driver.desktop.workspace.edits.pages == 0)
    assert not driver.window.banner.isVisible()
    driver.window.text.editor.insertPlainText("Truly. ")
    driver.window.close()
    driver.wait(lambda: not driver.window.isVisible())
    driver.close()
    driver.start(check_pages=False)
    driver.wait(lambda: driver.window.text.current_text() == "Mine. Truly. Page 1 read by alpha.")
